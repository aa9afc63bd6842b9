/// How much of a document is read before it is refused.
public struct SourceBounds: Sendable {
    public var bytes: Int
    /// Arrays and objects inside of each other.
    public var depth: Int

    public init(bytes: Int = 1 << 20, depth: Int = 64) {
        self.bytes = bytes
        self.depth = depth
    }
}
