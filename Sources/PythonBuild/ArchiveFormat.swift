import SandboxProtocol
import SystemPackage

/// A kind of archive that holds a project folder, told by its file name.
public enum ArchiveFormat: String, CaseIterable, Sendable {
    /// `.tar.gz` or `.tgz`.
    case tarGzip = "tar.gz"
    /// `.tar.zst` (RFC 8878).
    case tarZstandard = "tar.zst"
    case zip

    public init?(fileName: String) {
        let name = fileName.lowercased()
        if name.hasSuffix(".tar.gz") || name.hasSuffix(".tgz") {
            self = .tarGzip
        } else if name.hasSuffix(".tar.zst") {
            self = .tarZstandard
        } else if name.hasSuffix(".zip") {
            self = .zip
        } else {
            return nil
        }
    }

    /// The most files, folders and links that an archive may have, however large the disk limit is.
    public static let mostEntries: UInt64 = 200_000

    /// The endings that are known, for messages.
    static let endings = ".tar.gz, .tgz, .tar.zst or .zip"

    /// What the contained scripts need to read or write it.
    func mounts(_ toolchain: Toolchain) -> [MountStep] {
        var steps = [ContainedScript.archives.mount]
        if self == .tarZstandard {
            steps.append(.bind(source: toolchain.archives.string, at: "/buildbox/zstd", access: .readOnly))
        }
        return steps
    }
}
