/// The source of a job: an uploaded blob, or a folder of the server's host.
public struct SourceDocument: Codable, Equatable, Sendable {
    /// The blob's SHA-256, hexadecimal.
    public var blob: String?
    /// An absolute path below a root that the operator allows. It is packed into a blob at admission.
    public var folder: String?
    /// The archive's file name, which tells its format: `.tar.gz`, `.tgz`, `.tar.zst` or `.zip`. A name like
    /// `NAME-VERSION.tar.gz` with a `PKG-INFO` inside is a source distribution (PEP 625).
    public var name: String?
    /// Bytes of the blob; set by the server.
    public var size: UInt64?
    /// The project's folder inside of the source, relative, without `..`.
    public var subdirectory: String?

    public init(
        blob: String? = nil, folder: String? = nil, name: String? = nil, size: UInt64? = nil,
        subdirectory: String? = nil
    ) {
        self.blob = blob
        self.folder = folder
        self.name = name
        self.size = size
        self.subdirectory = subdirectory
    }
}
