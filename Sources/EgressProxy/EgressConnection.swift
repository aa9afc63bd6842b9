/// One connection that a client asked for, as it is told afterwards. It has no path, header or credential.
public struct EgressConnection: Equatable, Sendable {
    public var host: String
    /// 0...65535; 0 where the request named no target.
    public var port: Int
    /// The address that was connected to: the host's, or the upstream proxy's.
    public var address: String?
    /// Bytes from the host to the client.
    public var bytesIn: UInt64
    /// Bytes from the client to the host.
    public var bytesOut: UInt64
    public var milliseconds: UInt64
    public var verdict: EgressVerdict
}
