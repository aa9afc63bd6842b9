/// A built file in the output folder.
public struct Artifact: Codable, Equatable, Sendable {
    public var name: String
    public var kind: DistributionKind
    public var size: UInt64
    /// Hexadecimal SHA-256 of the content.
    public var sha256: String
    /// Where it lies on this host.
    public var path: String
}
