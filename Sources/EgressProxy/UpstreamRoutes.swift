/// Which targets are reached through a proxy of the operator's, by the variables that programs
/// agree on (curl(1), ENVIRONMENT).
public struct UpstreamRoutes: Sendable {
    private let plain: UpstreamProxy?
    private let secure: UpstreamProxy?
    /// Of NO_PROXY: names, with a dot before them or not, addresses, ranges of addresses, `*`.
    private let direct: [String]

    /// No proxy.
    public static let none = UpstreamRoutes()

    private init() {
        plain = nil
        secure = nil
        direct = []
    }

    /// - Parameter environment: `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, in lower case before upper case.
    /// - Throws: ``EgressError`` with the code `configuration` for a proxy that cannot be followed.
    public init(environment: [String: String]) throws(EgressError) {
        func first(_ names: String...) -> (name: String, value: String)? {
            for name in names.flatMap({ [$0.lowercased(), $0] }) {
                if let value = environment[name], !value.isEmpty { return (name, value) }
            }
            return nil
        }
        func proxy(_ found: (name: String, value: String)?) throws(EgressError) -> UpstreamProxy? {
            guard let found else { return nil }
            return try UpstreamProxy(found.value, from: found.name)
        }
        plain = try proxy(first("HTTP_PROXY", "ALL_PROXY"))
        secure = try proxy(first("HTTPS_PROXY", "ALL_PROXY"))
        direct = (first("NO_PROXY")?.value ?? "").split { $0 == "," || $0.isWhitespace }.map { $0.lowercased() }
    }

    /// The proxy for a request; nil for the direct way.
    func proxy(for request: EgressRequest) -> UpstreamProxy? {
        if direct.contains(where: { Self.covers($0, request.target) }) { return nil }
        switch request {
        case .tunnel: return secure
        case .forward: return plain
        }
    }

    private static func covers(_ entry: String, _ target: EgressTarget) -> Bool {
        if entry == "*" { return true }
        if let slash = entry.firstIndex(of: "/") {
            guard let range = IPAddress(literal: String(entry[..<slash])),
                let address = IPAddress(literal: target.host),
                let length = Int(entry[entry.index(after: slash)...]), (0...range.bytes.count * 8).contains(length)
            else { return false }
            return address.bytes.count == range.bytes.count && address.isIn(range.bytes, length)
        }
        if let named = EgressTarget(authority: entry.drop { $0 == "." || $0 == "*" }, defaultPort: target.port),
            named.port == target.port
        {
            return target.host == named.host || target.host.hasSuffix(".\(named.host)")
        }
        return EgressHost.normalized(entry) == target.host
    }
}
