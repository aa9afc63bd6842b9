import Foundation
import SystemPackage

/// Where a buildbox server listens: `http://HOST:PORT`, `https://HOST:PORT`, `unix:PATH` or `http+unix://` with the
/// socket's path, percent-encoded, as its host. A path behind the host is kept, for a server behind a gateway.
public struct ServerAddress: Equatable, Sendable, CustomStringConvertible {
    public static let standard = "http://127.0.0.1:8750"

    /// What was given, without anything secret: an address with a user's name or password is refused.
    public let description: String
    /// What paths are appended to.
    let base: String
    let isSocket: Bool
    /// Whether what goes to it is encrypted (TLS).
    public let isEncrypted: Bool
    /// Whether it is on this machine: a socket, or loopback.
    public let isLocal: Bool

    /// - Throws: ``ClientError`` with `address`.
    public init(_ text: String) throws(ClientError) {
        if text.hasPrefix("unix:"), !text.hasPrefix("unix://") {
            self = try Self(text, socket: String(text.dropFirst(5)))
            return
        }
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased() else {
            throw Self.fault(text, "it is no URL")
        }
        guard parts.user == nil, parts.password == nil else {
            throw ClientError(
                .address, "the server's address holds a user's name: a token belongs into BUILDBOX_TOKEN or a file")
        }
        guard parts.query == nil, parts.fragment == nil else { throw Self.fault(text, "it has a query or a fragment") }
        guard let host = parts.host, !host.isEmpty else { throw Self.fault(text, "it has no host") }
        switch scheme {
        case "http+unix":
            self = try Self(text, socket: host.removingPercentEncoding ?? host)
        case "http", "https":
            description = text
            isSocket = false
            isEncrypted = scheme == "https"
            let plain = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
            isLocal = ["localhost", "::1"].contains(plain) || plain.wholeMatch(of: /127(\.\d+){3}/) != nil
            base = text.hasSuffix("/") ? String(text.dropLast()) : text
        default:
            throw Self.fault(text, "its scheme is \(scheme)")
        }
    }

    private init(_ text: String, socket: String) throws(ClientError) {
        guard socket.hasPrefix("/"), let host = socket.addingPercentEncoding(withAllowedCharacters: .alphanumerics)
        else { throw Self.fault(text, "the path of its socket is not absolute") }
        description = text
        base = "http+unix://\(host)"
        isSocket = true
        isEncrypted = false
        isLocal = true
    }

    private static func fault(_ text: String, _ why: String) -> ClientError {
        ClientError(
            .address,
            "\(text) is no address of a server: \(why); write http://HOST:PORT, https://HOST:PORT or unix:/PATH")
    }
}
