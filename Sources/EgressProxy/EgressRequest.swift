import NIOHTTP1

/// What one request asks of the proxy (RFC 9110, 7.1 and 9.3.6).
enum EgressRequest: Equatable {
    /// CONNECT: bytes both ways.
    case tunnel(EgressTarget)
    /// A request in absolute form, and what of its address goes to the origin.
    case forward(EgressTarget, path: String)

    var target: EgressTarget {
        switch self {
        case .tunnel(let target), .forward(let target, _): target
        }
    }

    /// nil for a request that is not for a proxy.
    init?(_ head: HTTPRequestHead) {
        if head.method == .CONNECT {
            guard let target = EgressTarget(authority: head.uri[...], defaultPort: nil) else { return nil }
            self = .tunnel(target)
            return
        }
        let scheme = "http://"
        guard head.uri.lowercased().hasPrefix(scheme) else { return nil }
        let rest = head.uri.dropFirst(scheme.count)
        let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        guard let target = EgressTarget(authority: rest[..<end], defaultPort: 80) else { return nil }
        let path = rest[end...].prefix { $0 != "#" }
        self = .forward(target, path: path.hasPrefix("/") ? String(path) : "/\(path)")
    }
}
