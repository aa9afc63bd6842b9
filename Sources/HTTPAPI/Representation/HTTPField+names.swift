import HTTPTypes

extension HTTPField.Name {
    /// RFC 9530.
    static let reprDigest = named("Repr-Digest")
    /// RFC 7240.
    static let prefer = named("Prefer")
    static let preferenceApplied = named("Preference-Applied")
    /// draft-ietf-httpapi-idempotency-key-header.
    static let idempotencyKey = named("Idempotency-Key")
    static let idempotencyReplayed = named("Idempotency-Replayed")
    /// HTML Living Standard, 9.2.
    static let lastEventID = named("Last-Event-ID")
    /// draft-ietf-httpapi-ratelimit-headers.
    static let rateLimit = named("RateLimit")
    static let rateLimitPolicy = named("RateLimit-Policy")
    static let contentTypeOptions = named("X-Content-Type-Options")
    static let fetchSite = named("Sec-Fetch-Site")

    private static func named(_ name: String) -> HTTPField.Name {
        guard let field = HTTPField.Name(name) else { preconditionFailure("\(name) is no field name") }
        return field
    }
}
