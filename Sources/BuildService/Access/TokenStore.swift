import BuildAPI
public import FoundationEssentials
public import SystemPackage

/// The bearer tokens of a service: `bbx_`, 16 characters of id, `_`, 32 random bytes in base64url. The store has
/// the SHA-256 of the secret. It can be used beside a running service, from another process.
public final class TokenStore: Sendable {
    /// Opens the tokens of $BUILDBOX_HOME, which is made where it is not there.
    public init(home: FilePath, clock: any ServiceClock = SystemClock()) throws(ServiceFault) {}

    /// Makes a token.
    ///
    /// - Parameters:
    ///   - grant: Whose (``Principal/isGrant(_:)``).
    ///   - expiresAt: Nil: never.
    ///   - subject: Who makes it, for the audit log.
    /// - Returns: What is kept, and the token itself, which nobody can tell again.
    public func create(grant: String, scopes: Set<Scope>, expiresAt: Date?, by subject: String)
        async throws(ServiceFault)
        -> (token: Token, secret: String)
    {
        throw ServiceFault(.internalFault, "not there yet")
    }

    /// All tokens, the newest first, revoked and expired ones too.
    public func list() async throws(ServiceFault) -> [Token] { [] }

    /// - Throws: ``ServiceFault`` with the code `notFound`.
    public func revoke(_ id: String, by subject: String) async throws(ServiceFault) -> Token {
        throw ServiceFault(.internalFault, "not there yet")
    }

    /// Whether there is any token that is neither revoked nor expired.
    public func hasTokens() async throws(ServiceFault) -> Bool { false }

    /// Who a token stands for.
    ///
    /// - Parameter text: The token as it was sent.
    /// - Throws: ``ServiceFault`` with the code `unauthenticated`, whatever is wrong with it.
    public func authenticate(_ text: String) async throws(ServiceFault) -> Principal {
        throw ServiceFault(.unauthenticated, "not there yet")
    }
}
