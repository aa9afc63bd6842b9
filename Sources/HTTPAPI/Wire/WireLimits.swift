/// What one connection may cost. Times are wall-clock.
public struct WireLimits: Sendable {
    /// From a request's first byte to the end of its head; also for a TLS handshake.
    public var headTime: Duration = .seconds(10)
    /// How long a connection may be open without a request.
    public var idleTime: Duration = .seconds(60)
    /// A body that is asked for comes at this rate, in bytes per second, over every `rateWindow`.
    public var bodyRate: Int = 1024
    public var rateWindow: Duration = .seconds(10)
    /// How long an answer may wait for its client to take any byte of it.
    public var answerStall: Duration = .seconds(300)
    /// What is read and thrown away of a body that nobody wants, so that its sender sees the answer.
    public var lingerBytes: Int = 1 << 20
    public var lingerTime: Duration = .seconds(2)
    /// Bytes of one header field, of all of them, and their number.
    public var fieldBytes: Int = 16 << 10
    public var headBytes: Int = 32 << 10
    public var fields: Int = 100
    /// Connections at once; more wait to be accepted.
    public var connections: Int = 1024

    public init() {}
}
