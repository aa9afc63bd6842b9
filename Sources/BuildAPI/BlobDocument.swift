/// An uploaded blob.
public struct BlobDocument: Codable, Equatable, Sendable {
    /// SHA-256, hexadecimal.
    public var digest: String
    public var size: UInt64

    public init(digest: String, size: UInt64) {
        self.digest = digest
        self.size = size
    }
}
