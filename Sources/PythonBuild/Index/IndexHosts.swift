import EgressProxy

/// Which hosts an installer has to reach for the indexes and pages of links that it was given.
struct IndexHosts: Sendable {
    /// Where the operator names further hosts: `host[:port]`, separated by white space or commas.
    static let variable = "BUILDBOX_INDEX_HOSTS"
    static let remedy = "if packages shall come from there, name it as host[:port] in \(variable)"

    /// Indexes whose pages lead to files on another host, by contract.
    private static let fileHosts = [
        "pypi.org": "files.pythonhosted.org", "test.pypi.org": "test-files.pythonhosted.org",
    ]

    private(set) var hosts: [EgressHost] = []

    /// The index that uv asks when nobody names one.
    mutating func addDefault() { add("https://pypi.org/simple", reach: .publicAddresses) }

    /// An index or a page of links that the operator named. What is no http or https URL needs no host.
    mutating func add(_ url: String) { add(url, reach: .anyAddress) }

    private mutating func add(_ url: String, reach: EgressHost.Reach) {
        guard let host = EgressHost(url: url, reach: reach) else { return }
        hosts.append(host)
        if host.port == 443, let files = Self.fileHosts[host.name] {
            hosts.append(EgressHost(name: files, port: 443, reach: .publicAddresses))
        }
    }

    /// - Throws: ``BuildFailure`` for a word that is no `host[:port]`.
    mutating func addNamed(_ list: String) throws(BuildFailure) {
        for word in list.split(whereSeparator: { $0.isWhitespace || $0 == "," }) {
            guard let host = EgressHost(authority: String(word), defaultPort: 443, reach: .anyAddress) else {
                throw BuildFailure(
                    .invalidRequest,
                    "\(Self.variable): \"\(word)\" is no host[:port]: name hosts without a scheme or a path, IPv6 addresses "
                        + "in brackets")
            }
            hosts.append(host)
        }
    }

    var policy: EgressPolicy { EgressPolicy(hosts: hosts, remedy: Self.remedy) }
}
