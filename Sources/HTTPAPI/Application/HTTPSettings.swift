/// What an operator can set of the HTTP front door.
public struct HTTPSettings: Sendable {
    public var listen: ListenAddress
    /// Of a Unix socket.
    public var socketMode: UInt32
    /// Names beside those of loopback that a request on loopback may call the service, as a proxy in front does.
    public var allowedHosts: Set<String>
    /// Take no request without a token, even where there is no token yet.
    public var requiresTokens: Bool
    public var jwt: JWTSettings?
    public var wire: WireLimits
    /// Requests that one grant may have open at once, followers of events among them.
    public var openRequestsPerGrant: Int
    /// Between two signs of life on a stream of events that has nothing to tell.
    public var heartbeat: Duration

    /// buildbox's version, which MCP clients are told.
    public var version: String

    public init(listen: ListenAddress) {
        self.listen = listen
        socketMode = 0o600
        version = "0"
        allowedHosts = []
        requiresTokens = false
        wire = WireLimits()
        openRequestsPerGrant = 768
        heartbeat = .seconds(15)
    }
}
