import NIOHTTP1

/// The host and port that a client of the proxy wants.
struct EgressTarget: Equatable, Sendable, CustomStringConvertible {
    let host: String
    let port: Int

    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    init(host: String, port: Int) {
        self.host = EgressHost.normalized(host)
        self.port = port
    }

    /// The authority `host:port` of CONNECT, or `host[:port]` where there is a default port; nil
    /// when it is none (RFC 3986, 3.2), or names a user, which no proxy has to do with.
    init?(authority: Substring, defaultPort: Int?) {
        var host = authority
        var port = defaultPort
        let end = authority.hasPrefix("[") ? authority.firstIndex(of: "]") : authority.startIndex
        guard let end else { return nil }
        if let colon = authority[end...].firstIndex(of: ":") {
            host = authority[..<colon]
            let digits = authority[authority.index(after: colon)...]
            guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy({ (48...57).contains($0) }) else {
                return nil
            }
            port = Int(digits)
        }
        guard let port, (1...65535).contains(port) else { return nil }
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? host.dropFirst().dropLast() : host
        let isLiteral = bare.count != host.count
        guard (1...255).contains(bare.utf8.count),
            isLiteral ? IPAddress(literal: String(bare))?.bytes.count == 16 : bare.utf8.allSatisfy(Self.isOfName)
        else { return nil }
        self.init(host: String(bare), port: port)
    }

    /// Letters, digits, hyphens, dots and the underscores that some networks have.
    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
