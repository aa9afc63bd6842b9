import BuildAPI
import HTTPTypes

/// Keeps web pages away from a service on loopback: a browser on the same host can reach it, and DNS can make any name
/// lead there (rebinding). What a request calls the service must be a name of loopback, and no page of another origin
/// may have sent it.
struct OriginCheck: Sendable {
    /// Names that the service has beside those of loopback, in lower case, without ports.
    let names: Set<String>
    /// False where no browser leads: on a Unix socket, or on an address with tokens of its own.
    let isOn: Bool

    func check(_ head: HTTPRequest) throws(HTTPProblem) {
        guard isOn else { return }
        let host = try Self.only(head.authority, "Host")
        guard let name = host.flatMap(Self.name), names.contains(name) || ListenAddress.isLoopback(name) else {
            throw HTTPProblem(
                .foreignOrigin,
                "the request calls this service \(host.map { "\"\($0.prefix(100))\"" } ?? "nothing"): on loopback it "
                    + "answers to localhost, 127.0.0.1 and [::1] alone, and to what --allowed-hosts names")
        }
        if let origin = head.headerFields[.origin], !Self.isOwn(origin, host: host ?? "") {
            throw HTTPProblem(
                .foreignOrigin, "a page of another origin sent this request: web pages may not use this service")
        }
        if let site = head.headerFields[.fetchSite],
            site == "cross-site" || site == "same-site"
        {
            throw HTTPProblem(
                .foreignOrigin, "a page of another site sent this request: web pages may not use this service")
        }
    }

    private static func only(_ value: String?, _ name: String) throws(HTTPProblem) -> String? {
        guard let value, !value.isEmpty else { return nil }
        guard !value.contains(",") else { throw HTTPProblem(.malformed, "the request has more than one \(name)") }
        return value
    }

    /// Without the port, in lower case; nil where it is none.
    private static func name(_ host: String) -> String? {
        var name = host[...]
        if name.hasPrefix("[") {
            guard let end = name.firstIndex(of: "]") else { return nil }
            let rest = name[name.index(after: end)...]
            guard rest.isEmpty || rest.first == ":" && rest.dropFirst().allSatisfy(\.isNumber) else { return nil }
            name = name[..<end].dropFirst()
        } else if let colon = name.firstIndex(of: ":") {
            guard name[name.index(after: colon)...].allSatisfy(\.isNumber) else { return nil }
            name = name[..<colon]
        }
        if name.hasSuffix(".") { name = name.dropLast() }
        return name.isEmpty ? nil : name.lowercased()
    }

    private static func isOwn(_ origin: String, host: String) -> Bool {
        origin.lowercased() == "http://\(host.lowercased())" || origin.lowercased() == "https://\(host.lowercased())"
    }
}
