/// What may be reached: these hosts and nothing else.
public struct EgressPolicy: Sendable {
    public let hosts: Set<EgressHost>
    /// What the operator can do about a host that is not among them, as a sentence for a refusal.
    public let remedy: String

    public init(hosts: some Sequence<EgressHost>, remedy: String) {
        self.hosts = Set(hosts)
        self.remedy = remedy
    }

    /// The entry for a target. Where two name it, the one with the longer reach counts.
    func host(for target: EgressTarget) -> EgressHost? {
        let found = hosts.filter { $0.name == target.host && $0.port == target.port }
        return found.first { $0.reach == .anyAddress } ?? found.first
    }
}
