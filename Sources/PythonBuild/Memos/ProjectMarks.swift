import Glibc
import Linux
import SandboxProtocol
import SystemPackage

/// All that a project folder's inspection depends on: its pyproject.toml, or that it has none but a setup.py.
///
/// The supervisor reads and digests these bytes, and what they mean is found out inside. It must be found out of these
/// and not of the files once more: what was found in others would be kept under this digest.
struct ProjectMarks: Equatable {
    /// nil where there is a setup.py alone.
    let pyproject: [UInt8]?

    /// - Returns: nil where the source is no folder, or what it has is no ordinary file of modest size: then the sandbox
    ///   looks at it all.
    init?(of source: Source) {
        guard source.kind == .folder, let folder = openFolder(source.path) else { return nil }
        guard !Self.isAbsent("pyproject.toml", in: folder.number) else {
            guard !Self.isAbsent("setup.py", in: folder.number) else { return nil }
            pyproject = nil
            return
        }
        guard let bytes = readFile("pyproject.toml", in: folder.number, limit: Self.modest) else { return nil }
        pyproject = bytes
    }

    /// Bytes of the largest file that is read here.
    private static let modest = 256 << 10

    var digest: String {
        guard let pyproject else { return hexadecimalDigest(["setup.py alone"]) }
        return hexadecimalDigest(["pyproject.toml", hexadecimalDigest(of: pyproject)])
    }

    /// Of setup.py and setup.cfg, as far as they are ordinary files of modest size.
    static func setupDigests(of source: Source) -> [String] {
        guard let folder = openFolder(source.path) else { return [] }
        return ["setup.py", "setup.cfg"].map { name in
            readFile(name, in: folder.number, limit: modest).map(hexadecimalDigest(of:)) ?? ""
        }
    }

    /// A folder that has them and nothing else.
    func mounts(at folder: String) -> [MountStep] {
        [.file(at: "\(folder)/\(pyproject == nil ? "setup.py" : "pyproject.toml")", contents: pyproject ?? [])]
    }

    private static func isAbsent(_ name: String, in folder: Int32) -> Bool {
        faccessat(folder, name, F_OK, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT
    }
}
