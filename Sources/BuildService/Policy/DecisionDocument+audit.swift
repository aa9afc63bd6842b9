import BuildAPI

extension DecisionDocument {
    /// The decision as a line of the audit log has it.
    var auditDetails: [String: String] {
        var details = ["policy": decision.rawValue, "policy_rule": rule, "policy_reason": reason]
        details["policy_digest"] = policyDigest
        details["policy_retry_after"] = retryAfter.map(String.init)
        return details
    }
}
