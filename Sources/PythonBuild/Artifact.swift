/// A built file.
public struct Artifact: Codable, Equatable, Sendable {
    public var name: String
    public var kind: DistributionKind
    public var size: UInt64
    /// Hexadecimal SHA-256 of the content.
    public var sha256: String
    /// Where it lies on the host that built it; nil in a result that left that host.
    public var path: String?

    public init(name: String, kind: DistributionKind, size: UInt64, sha256: String, path: String? = nil) {
        self.name = name
        self.kind = kind
        self.size = size
        self.sha256 = sha256
        self.path = path
    }
}
