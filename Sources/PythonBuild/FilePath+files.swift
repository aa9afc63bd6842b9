import Glibc
import Linux
import SystemPackage

extension FilePath {
    /// Made absolute against the working directory, `.` and `..` folded.
    var absolute: FilePath {
        if isAbsolute { return lexicallyNormalized() }
        guard let folder = getcwd(nil, 0) else { return lexicallyNormalized() }
        defer { free(folder) }
        return FilePath(platformString: folder).pushing(self).lexicallyNormalized()
    }

    /// Without symbolic links, as far as it exists (realpath(3)).
    var resolved: FilePath {
        guard let real = realpath(string, nil) else { return lexicallyNormalized() }
        defer { free(real) }
        return FilePath(platformString: real)
    }
}

func isDirectory(_ path: FilePath) -> Bool {
    FileFacts.ifAny(of: path.string)?.isFolder == true
}

func isRegularFile(_ path: FilePath) -> Bool {
    FileFacts.ifAny(of: path.string)?.isRegularFile == true
}

/// The first bytes of a file, or nil when it cannot be read.
func firstBytes(of path: FilePath, count: Int) -> [UInt8]? {
    let descriptor = open(path.string, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: count)
    let got = read(descriptor, &bytes, count)
    return got >= 0 ? Array(bytes[..<got]) : nil
}
