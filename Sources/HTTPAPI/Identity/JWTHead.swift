import FoundationEssentials

/// The part of a token's header (RFC 7515, 4) that counts here. Members that name keys or where to get them (`jku`,
/// `jwk`, `x5u`, `x5c`) are not even read.
struct JWTHead: Equatable {
    var algorithm: String
    var key: String?

    private struct Members: Decodable {
        var alg: String
        var kid: String?
        var crit: [String]?
    }

    /// - Throws: What is wrong with it, in words.
    init(token: String) throws(JWTFault) {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty }) else { throw JWTFault("it has not three parts") }
        guard let bytes = Self.decoded(parts[0]) else { throw JWTFault("its header is no base64url") }
        let members: Members
        do {
            members = try JSONDecoder().decode(Members.self, from: bytes)
        } catch {
            throw JWTFault("its header is no JSON object with alg")
        }
        // Extensions that must be understood, and none is (RFC 7515, 4.1.11).
        guard members.crit == nil else { throw JWTFault("its header has crit") }
        algorithm = members.alg
        key = members.kid
    }

    private static func decoded(_ text: Substring) -> Data? {
        var base64 = String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
        guard !text.contains("+"), !text.contains("/"), !text.contains("=") else { return nil }
        base64 += String(repeating: "=", count: (4 - base64.count % 4) % 4)
        return Data(base64Encoded: base64)
    }
}
