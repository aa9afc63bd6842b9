/// A proxy of the operator's that the way out leads through.
struct UpstreamProxy: Equatable, Sendable {
    let host: String
    let port: Int
    /// The value of Proxy-Authorization (RFC 7617). It goes to this proxy alone and into no log.
    let authorization: String?

    /// - Parameters:
    ///   - text: `http://[user:password@]host[:port]`, or without the scheme.
    ///   - variable: Where the text comes from, for messages, which never quote it: it may hold a password.
    /// - Throws: ``EgressError`` for a proxy that is spoken to in another way.
    init(_ text: String, from variable: String) throws(EgressError) {
        var rest = text[...]
        if let scheme = rest.firstRange(of: "://") {
            guard rest[..<scheme.lowerBound].lowercased() == "http" else {
                throw EgressError(
                    .configuration,
                    "\(variable) names a proxy of the kind \(rest[..<scheme.lowerBound]), and only http:// can be followed: "
                        + "name an HTTP proxy")
            }
            rest = rest[scheme.upperBound...]
        }
        rest = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        if let at = rest.lastIndex(of: "@") {
            guard let user = Self.decoded(rest[..<at]) else {
                throw EgressError(.configuration, "\(variable) has a user or password that is not percent-encoded text")
            }
            authorization = "Basic \(base64(user.contains(UInt8(ascii: ":")) ? user : user + [UInt8(ascii: ":")]))"
            rest = rest[rest.index(after: at)...]
        } else {
            authorization = nil
        }
        guard let target = EgressTarget(authority: rest, defaultPort: 80) else {
            throw EgressError(.configuration, "\(variable) names no proxy as http://host:port")
        }
        host = target.host
        port = target.port
    }

    /// Percent-decoding (RFC 3986, 2.1).
    private static func decoded(_ text: Substring) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return bytes
    }
}
