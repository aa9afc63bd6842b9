public import BuildService

/// Whose JSON Web Tokens are taken, and what they stand for.
public struct JWTSettings: Sendable {
    /// `iss`, exactly.
    public var issuer: String
    /// One of a token's `aud`.
    public var audience: String
    /// A file, or a URL with https (http only for this host): a JSON Web Key Set (RFC 7517).
    public var keys: String
    /// Signatures that count; symmetric ones and `none` cannot be among them.
    public var algorithms: Set<String>
    /// The claim that names the grant, and the one that lists scopes, as a string with spaces or an array.
    public var grantClaim: String
    public var scopeClaim: String
    /// Scopes that a token may have at most, whatever it says.
    public var largestScopes: Set<Scope>
    /// Seconds that clocks may differ.
    public var leeway: Int

    /// What `algorithms` may have (RFC 7518, RFC 8037).
    public static let knownAlgorithms: Set<String> = [
        "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
    ]

    public init(issuer: String, audience: String, keys: String) {
        self.issuer = issuer
        self.audience = audience
        self.keys = keys
        algorithms = ["RS256", "PS256", "ES256", "ES384", "EdDSA"]
        grantClaim = "sub"
        scopeClaim = "scope"
        largestScopes = [.build, .read]
        leeway = 30
    }
}
