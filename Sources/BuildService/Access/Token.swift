public import FoundationEssentials

/// What the store knows of a bearer token: never its secret.
public struct Token: Codable, Equatable, Sendable {
    /// 16 characters; the part of the token that may be shown.
    public var id: String
    public var grant: String
    public var scopes: Set<Scope>
    public var createdAt: Date
    public var expiresAt: Date?
    public var revokedAt: Date?
    /// To the day.
    public var lastUsedAt: Date?
}
