import BuildService
import FoundationEssentials
import JWTKit
import Logging

/// Makes principals of JSON Web Tokens (RFC 7519, RFC 8725): the algorithm is one of the operator's, the key one of the
/// issuer's set, and issuer, audience and expiry are there and right.
struct JWTVerifier: Sendable {
    private let settings: JWTSettings
    private let source: JWTKeySource
    private let now: @Sendable () -> Date
    /// Bytes of a token.
    private static let largest = 8192

    init(settings: JWTSettings, source: JWTKeySource, now: @escaping @Sendable () -> Date = { Date() }) {
        self.settings = settings
        self.source = source
        self.now = now
    }

    func principal(_ token: String) async throws(JWTFault) -> Principal {
        guard token.utf8.count <= Self.largest else { throw JWTFault("it has more than \(Self.largest) bytes") }
        let head = try JWTHead(token: token)
        guard settings.algorithms.contains(head.algorithm), JWTSettings.knownAlgorithms.contains(head.algorithm) else {
            throw JWTFault("its algorithm is none of \(settings.algorithms.sorted().joined(separator: ", "))")
        }
        guard let key = head.key else { throw JWTFault("its header names no key (kid)") }
        guard let verifier = try await source.verifier(key: key, algorithm: head.algorithm) else {
            throw JWTFault("its key is none of the issuer's")
        }
        let claims: JWTClaims
        do {
            claims = try await verifier.verify(token, as: JWTClaims.self)
        } catch {
            throw JWTFault("its signature does not hold")
        }
        try check(claims)
        return try principal(claims)
    }

    private func check(_ claims: JWTClaims) throws(JWTFault) {
        let time = now().timeIntervalSince1970
        let leeway = Double(settings.leeway)
        guard claims.text("iss") == settings.issuer else { throw JWTFault("its iss is not \(settings.issuer)") }
        let audiences = claims.text("aud").map { [$0] } ?? claims.words("aud")
        guard audiences.contains(settings.audience) else { throw JWTFault("its aud is not \(settings.audience)") }
        guard let expires = claims.number("exp") else { throw JWTFault("it has no exp") }
        guard time < expires + leeway else { throw JWTFault("it has expired") }
        if claims.values["nbf"] != nil {
            guard let begins = claims.number("nbf"), begins <= time + leeway else {
                throw JWTFault("it is not valid yet")
            }
        }
    }

    private func principal(_ claims: JWTClaims) throws(JWTFault) -> Principal {
        guard let grant = claims.text(settings.grantClaim), Principal.isGrant(grant) else {
            throw JWTFault("its claim \(settings.grantClaim) names no grant")
        }
        let scopes = claims.words(settings.scopeClaim).compactMap { word in
            Scope(rawValue: word.hasPrefix("buildbox:") ? String(word.dropFirst(9)) : word)
        }
        let subject = claims.text("sub") ?? grant
        return Principal(
            grant: grant, subject: "jwt:\(subject.prefix(200))",
            scopes: Set(scopes).intersection(settings.largestScopes))
    }
}
