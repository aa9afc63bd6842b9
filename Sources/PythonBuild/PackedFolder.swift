/// What became of a folder that was packed.
public struct PackedFolder: Equatable, Sendable {
    /// Hexadecimal SHA-256 of the archive. The same folder gives the same archive, wherever it lies.
    public var sha256: String
    /// Bytes of the archive.
    public var size: UInt64
    /// Bytes of the files in it.
    public var contentBytes: UInt64
    /// Files, folders and links in it.
    public var entries: UInt64
    /// How many devices, sockets, pipes, and links that lead out of the folder were left out.
    public var leftOut: UInt64

    public init(sha256: String, size: UInt64, contentBytes: UInt64, entries: UInt64, leftOut: UInt64) {
        self.sha256 = sha256
        self.size = size
        self.contentBytes = contentBytes
        self.entries = entries
        self.leftOut = leftOut
    }
}
