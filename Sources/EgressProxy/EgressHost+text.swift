extension EgressHost {
    /// What `host[:port]` names; nil when it is none (RFC 3986, 3.2: an IPv6 address is in brackets).
    public init?(authority: String, defaultPort: Int, reach: Reach) {
        guard let target = EgressTarget(authority: authority[...], defaultPort: defaultPort) else { return nil }
        self.init(name: target.host, port: target.port, reach: reach)
    }

    /// The host of an http or https URL, whatever user it names; nil for any other text.
    public init?(url: String, reach: Reach) {
        let ports = ["http": 80, "https": 443]
        guard let scheme = url.firstRange(of: "://"), let port = ports[url[..<scheme.lowerBound].lowercased()] else {
            return nil
        }
        var authority = url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        if let at = authority.lastIndex(of: "@") { authority = authority[authority.index(after: at)...] }
        self.init(authority: String(authority), defaultPort: port, reach: reach)
    }
}
