import BuildService
import Foundation
import JWTKit
import Logging
import Testing

@testable import HTTPAPI

@Suite struct JWTVerifierTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    /// An issuer with a P-256 key `k1`, and the verifier that trusts it.
    private struct Issuer {
        let key = ES256PrivateKey()
        let other = ES256PrivateKey()
        var settings = JWTSettings(issuer: "https://issuer.example", audience: "buildbox", keys: "keys")

        func claims(_ change: [String: JWTClaims.Value?] = [:]) -> JWTClaims {
            var values: [String: JWTClaims.Value] = [
                "iss": .text("https://issuer.example"), "aud": .list(["other", "buildbox"]), "sub": .text("team-a"),
                "exp": .number(1_800_000_100), "scope": .text("read buildbox:build admin unknown"),
            ]
            for (name, value) in change { values[name] = value }
            return JWTClaims(values)
        }

        func token(
            _ claims: JWTClaims, kid: String? = "k1", key: ES256PrivateKey? = nil,
            header: [String: JWTHeaderField] = [:]
        ) async throws -> String {
            let keys = await JWTKeyCollection().add(ecdsa: key ?? self.key)
            var head = JWTHeader(fields: header)
            head.kid = kid
            return try await keys.sign(claims, header: head)
        }

        func keySet(alg: String? = "ES256") throws -> Data {
            let parameters = try #require(key.publicKey.parameters)
            var jwk = [
                "kty": "EC", "crv": "P-256", "kid": "k1", "use": "sig", "x": Self.base64URL(parameters.x),
                "y": Self.base64URL(parameters.y),
            ]
            jwk["alg"] = alg
            let symmetric = ["kty": "oct", "kid": "k2", "k": "c2VjcmV0"]
            return try JSONEncoder().encode(["keys": [symmetric, jwk]])
        }

        private static func base64URL(_ text: String) -> String {
            text.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        }

        func verifier() throws -> JWTVerifier {
            let keys = try keySet()
            let source = JWTKeySource(place: "keys", logger: Logger(label: "test"), load: { _ in keys })
            return JWTVerifier(settings: settings, source: source, now: { JWTVerifierTests.now })
        }
    }

    @Test func aGoodTokenIsAPrincipalWithWhatTheOperatorAllows() async throws {
        let issuer = Issuer()
        let principal = try await issuer.verifier().principal(try await issuer.token(issuer.claims()))
        #expect(principal == Principal(grant: "team-a", subject: "jwt:team-a", scopes: [.build, .read]))
    }

    @Test func claimsAreTheOperatorsToName() async throws {
        var issuer = Issuer()
        issuer.settings.grantClaim = "tenant"
        issuer.settings.scopeClaim = "roles"
        issuer.settings.largestScopes = Set(Scope.allCases)
        let claims = issuer.claims(["tenant": .text("t/1"), "roles": .list(["admin", "root"])])
        let principal = try await issuer.verifier().principal(try await issuer.token(claims))
        #expect(principal == Principal(grant: "t/1", subject: "jwt:team-a", scopes: [.admin]))
    }

    @Test(
        arguments: [
            ("exp", JWTClaims.Value.number(1_799_999_969)), ("exp", nil), ("exp", .text("1800000100")),
            ("iss", .text("https://issuer.example/")), ("iss", nil), ("aud", .text("other")), ("aud", nil),
            ("aud", .list([])), ("nbf", .number(1_800_000_031)), ("nbf", .text("x")), ("sub", .text("no grant!")),
            ("sub", .text("")), ("sub", nil),
        ] as [(String, JWTClaims.Value?)])
    func aWrongClaimIsRefused(_ name: String, _ value: JWTClaims.Value?) async throws {
        let issuer = Issuer()
        let token = try await issuer.token(issuer.claims([name: value]))
        await #expect(throws: JWTFault.self) { try await issuer.verifier().principal(token) }
    }

    @Test(arguments: [
        ("exp", JWTClaims.Value.number(1_799_999_971)), ("nbf", .number(1_800_000_030)), ("aud", .text("buildbox")),
    ])
    func clocksMayDifferALittle(_ name: String, _ value: JWTClaims.Value) async throws {
        let issuer = Issuer()
        let token = try await issuer.token(issuer.claims([name: value]))
        #expect(try await issuer.verifier().principal(token).grant == "team-a")
    }

    @Test func anotherKeyOrNoneIsRefused() async throws {
        let issuer = Issuer()
        for (kid, key) in [("k1", issuer.other), ("k9", issuer.key), ("k2", issuer.key), (nil, issuer.key)] {
            let token = try await issuer.token(issuer.claims(), kid: kid, key: key)
            await #expect(throws: JWTFault.self) { try await issuer.verifier().principal(token) }
        }
    }

    @Test func keysThatATokenBringsAreNotUsed() async throws {
        let issuer = Issuer()
        for name in ["jku", "x5u"] {
            let header: [String: JWTHeaderField] = [name: .string("https://evil.example/keys")]
            let forged = try await issuer.token(issuer.claims(), key: issuer.other, header: header)
            await #expect(throws: JWTFault.self) { try await issuer.verifier().principal(forged) }
            let good = try await issuer.token(issuer.claims(), header: header)
            #expect(try await issuer.verifier().principal(good).grant == "team-a")
        }
        let critical = try await issuer.token(issuer.claims(), header: ["crit": .array([.string("exp")])])
        await #expect(throws: JWTFault.self) { try await issuer.verifier().principal(critical) }
    }

    /// RFC 8725, 2.1: `none`, and a public key taken for an HMAC secret.
    @Test func otherAlgorithmsAreRefused() async throws {
        let issuer = Issuer()
        let parts = try await issuer.token(issuer.claims()).split(separator: ".")
        for head in [#"{"alg":"none","kid":"k1"}"#, #"{"alg":"HS256","kid":"k1"}"#, #"{"alg":"ES384","kid":"k1"}"#] {
            let encoded = Data(head.utf8).base64EncodedString().replacing("=", with: "")
            for signature in ["", String(parts[2])] {
                let token = "\(encoded).\(parts[1]).\(signature)"
                await #expect(throws: JWTFault.self) { try await issuer.verifier().principal(token) }
            }
        }
    }

    @Test(arguments: ["", ".", "..", "a.b", "a.b.c", "a.b.c.d", "bm90IGpzb24.e30.eA"])
    func whatIsNoTokenIsRefused(_ token: String) async throws {
        let issuer = Issuer()
        await #expect(throws: JWTFault.self) { try await issuer.verifier().principal(token) }
    }

    @Test func anUnknownKeyIsAskedForOnceInAWhile() async throws {
        let issuer = Issuer()
        let keys = try issuer.keySet()
        let time = TestTime()
        let source = JWTKeySource(
            place: "keys", logger: Logger(label: "test"), now: { time.now },
            load: { _ in
                time.count()
                return keys
            })
        #expect(try await source.verifier(key: "k1", algorithm: "ES256") != nil)
        for _ in 0..<100 { #expect(try await source.verifier(key: "k9", algorithm: "ES256") == nil) }
        #expect(time.calls == 1)
        time.pass(.seconds(31))
        for _ in 0..<100 { #expect(try await source.verifier(key: "k9", algorithm: "ES256") == nil) }
        #expect(time.calls == 2)
    }

    @Test func whoComesWhileTheKeysAreReadWaitsForThem() async throws {
        let issuer = Issuer()
        let keys = try issuer.keySet()
        let time = TestTime()
        let (gate, opened) = AsyncStream<Void>.makeStream()
        let source = JWTKeySource(
            place: "keys", logger: Logger(label: "test"), now: { time.now },
            load: { _ in
                time.count()
                for await _ in gate {}
                return keys
            })
        let callers = (0..<20).map { _ in
            Task { try await source.verifier(key: "k1", algorithm: "ES256") != nil }
        }
        // The first of them is reading, and most of the others have come.
        while time.calls == 0 { await Task.yield() }
        for _ in 0..<1000 { await Task.yield() }
        opened.finish()
        for caller in callers { #expect(try await caller.value) }
        #expect(time.calls == 1)
    }

    @Test func keysThatCannotBeReadLeaveTheOldOnes() async throws {
        let issuer = Issuer()
        let keys = try issuer.keySet(alg: nil)
        let time = TestTime()
        let source = JWTKeySource(
            place: "keys", logger: Logger(label: "test"), now: { time.now },
            load: { (_) throws(JWTFault) in
                time.count()
                guard time.calls == 1 else { throw JWTFault("gone") }
                return keys
            })
        #expect(try await source.verifier(key: "k1", algorithm: "ES256") != nil)
        time.pass(.seconds(3600))
        #expect(try await source.verifier(key: "k1", algorithm: "ES256") != nil)
        #expect(time.calls == 2)
    }
}
