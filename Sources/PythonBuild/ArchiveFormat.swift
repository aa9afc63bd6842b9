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

    /// The endings that are known, for messages.
    static let endings = ".tar.gz, .tgz, .tar.zst or .zip"
}
