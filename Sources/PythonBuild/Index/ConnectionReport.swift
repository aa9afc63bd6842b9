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
        add(
            ConnectionReport(
                host: connection.host, port: connection.port, address: connection.address, connections: 1,
                bytesIn: connection.bytesIn, bytesOut: connection.bytesOut, verdict: connection.verdict.name))
    }

    mutating func add(_ report: ConnectionReport) {
        let index = firstIndex { $0.host == report.host && $0.port == report.port && $0.verdict == report.verdict }
        guard let index else {
            if count < Self.most { append(report) }
            return
        }
        self[index].connections += report.connections
        self[index].bytesIn += report.bytesIn
        self[index].bytesOut += report.bytesOut
        self[index].address = report.address ?? self[index].address
    }
}
