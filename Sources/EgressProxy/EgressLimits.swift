/// Bounds on what one proxy does.
public struct EgressLimits: Sendable {
    /// Connections of clients at once; more are answered with 503.
    public var connections = 256
    /// Bytes of a request's head.
    public var headBytes = 64 << 10
    /// How long a client may take for a request's head.
    public var headTime = Duration.seconds(10)
    /// How long the resolver, or one connection attempt, may take.
    public var dialTime = Duration.seconds(10)
    /// How long a connection may pass no byte either way.
    public var idleTime = Duration.seconds(30)
    /// Bytes of all connections together, both ways.
    public var totalBytes: UInt64 = 16 << 30
    /// Connections that are remembered one by one; later ones are only counted.
    public var records = 1000

    public init() {}
}
