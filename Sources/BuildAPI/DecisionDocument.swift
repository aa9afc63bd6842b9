/// What a policy decided on a call.
public struct DecisionDocument: Codable, Equatable, Sendable {
    public enum Outcome: String, Codable, CaseIterable, Sendable {
        case allow, deny
        case requireApproval = "require_approval"
    }

    public var decision: Outcome
    /// Where in the policy the rule stands that decided, as a JSON Pointer (RFC 6901); empty for the
    /// whole of it, and where there is no policy.
    public var rule: String
    public var reason: String
    /// Seconds, rounded up; where a counter is full.
    public var retryAfter: Int?
    /// SHA-256 of the policy file, hexadecimal; empty where there is no policy.
    public var policyDigest: String

    public init(decision: Outcome, rule: String, reason: String, retryAfter: Int? = nil, policyDigest: String) {
        self.decision = decision
        self.rule = rule
        self.reason = reason
        self.retryAfter = retryAfter
        self.policyDigest = policyDigest
    }
}
