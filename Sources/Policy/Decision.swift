public import BuildAPI

/// What a policy decides on a call.
public struct Decision: Equatable, Sendable {
    public enum Outcome: String, Sendable {
        case allow, deny
        case requireApproval = "require_approval"
    }

    public var outcome: Outcome
    /// Where in the policy the rule stands that decided (RFC 6901); empty for the whole of it, and
    /// where there is no policy.
    public var rule: String
    /// What was decided and why, for whoever called.
    public var reason: String
    /// Seconds until the same call has room again, rounded up; for a full counter only.
    public var retryAfterSeconds: Int?
    /// SHA-256 of the policy file, hexadecimal; empty where there is no policy.
    public var policyDigest: String
    /// For ``Outcome/requireApproval``.
    public var approval: ApprovalTerms?
    /// What the call must have room in before it may go on, once it is allowed or approved.
    public var charges: [Charge] = []
    /// The largest limits of the build, for what the call did not ask for itself.
    public var ceiling = BuildCeiling()

    public init(outcome: Outcome, rule: String, reason: String, policyDigest: String) {
        self.outcome = outcome
        self.rule = rule
        self.reason = reason
        self.policyDigest = policyDigest
    }

    /// A call that goes where there is no policy.
    public static let withoutPolicy = Decision(
        outcome: .allow, rule: "", reason: "there is no policy", policyDigest: "")

    /// The decision as answers, results and the audit log have it.
    public var document: DecisionDocument {
        DecisionDocument(
            decision: DecisionDocument.Outcome(outcome), rule: rule, reason: reason, retryAfter: retryAfterSeconds,
            policyDigest: policyDigest)
    }
}

extension DecisionDocument.Outcome {
    init(_ outcome: Decision.Outcome) {
        switch outcome {
        case .allow: self = .allow
        case .deny: self = .deny
        case .requireApproval: self = .requireApproval
        }
    }
}
