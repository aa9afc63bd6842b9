import CLinux
import Glibc
import Linux
import SystemPackage

/// A folder of the project, whatever is in it; nil when it cannot be opened.
func openFolder(_ path: FilePath) -> OwnedDescriptor? {
    let number = clinux_open(path.string, O_RDONLY | O_DIRECTORY, 0)
    return number >= 0 ? OwnedDescriptor(owning: number) : nil
}

/// A small regular file in a folder that contained code filled, or nil when there is none within the limit.
func readFile(_ name: String, in folder: Int32, limit: Int) -> [UInt8]? {
    let resolve = UInt64(CLINUX_RESOLVE_BENEATH | CLINUX_RESOLVE_NO_SYMLINKS | CLINUX_RESOLVE_NO_XDEV)
    let number = clinux_openat2(folder, name, UInt64(O_RDONLY | O_NOFOLLOW | O_NONBLOCK), 0, resolve)
    guard number >= 0 else { return nil }
    let file = OwnedDescriptor(owning: number)
    let found = Result { () throws(SystemCallError) in try FileFacts(descriptor: file.number) }
    guard case .success(let facts) = found, facts.isRegularFile else { return nil }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
        let count = read(file.number, &buffer, buffer.count)
        if count == 0 { return bytes }
        guard count > 0, bytes.count + count <= limit else { return nil }
        bytes += buffer[..<count]
    }
}
