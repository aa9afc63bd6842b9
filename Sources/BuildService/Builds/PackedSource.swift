/// A folder that was packed.
public struct PackedSource: Sendable {
    /// The archive's file name for the job, which tells its format.
    public var name: String
    /// SHA-256, hexadecimal.
    public var digest: String
    /// Bytes.
    public var size: UInt64

    public init(name: String, digest: String, size: UInt64) {
        self.name = name
        self.digest = digest
        self.size = size
    }
}
