import EgressProxy

/// What provisioning asked one host for, connections of the same end taken together.
public struct ConnectionReport: Codable, Equatable, Sendable {
    public var host: String
    public var port: Int
    /// The address that was last connected to: the host's, or a proxy's of the operator's.
    public var address: String?
    public var connections: Int
    /// Bytes that came from the host.
    public var bytesIn: UInt64
    /// Bytes that went there.
    public var bytesOut: UInt64
    /// `passed`, `refused` (not a host of the index), `failed` or `stopped` (a limit of the proxy).
    public var verdict: String
}

extension [ConnectionReport] {
    /// What is told of hosts at most: a hostile index can name any number.
    private static var most: Int { 100 }

    mutating func add(_ connection: EgressConnection) {
        let index = firstIndex {
            $0.host == connection.host && $0.port == connection.port && $0.verdict == connection.verdict.name
        }
        guard let index else {
            if count < Self.most {
                append(
                    ConnectionReport(
                        host: connection.host, port: connection.port, address: connection.address, connections: 1,
                        bytesIn: connection.bytesIn, bytesOut: connection.bytesOut, verdict: connection.verdict.name))
            }
            return
        }
        self[index].connections += 1
        self[index].bytesIn += connection.bytesIn
        self[index].bytesOut += connection.bytesOut
        self[index].address = connection.address ?? self[index].address
    }
}
