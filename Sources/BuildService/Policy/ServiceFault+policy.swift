import BuildAPI
public import Policy

extension ServiceFault {
    /// The refusal of a call that a policy denies.
    public static func denied(_ decision: Decision) -> ServiceFault {
        ServiceFault(
            decision.retryAfterSeconds == nil ? .policyDenied : .rateLimited, decision.reason,
            retryAfter: decision.retryAfterSeconds, decision: decision.document)
    }
}
