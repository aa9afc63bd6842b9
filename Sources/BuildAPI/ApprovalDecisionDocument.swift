/// What a person decided on a build: the body of POST /v1/approvals/{id}.
public struct ApprovalDecisionDocument: Codable, Equatable, Sendable {
    public enum Decision: String, Codable, CaseIterable, Sendable { case approve, deny }

    public var decision: Decision
    /// For whoever asked, and for the audit log.
    public var reason: String?
    /// The `digest` of the approval that was looked at: another one is refused.
    public var digest: String?

    public init(decision: Decision, reason: String? = nil, digest: String? = nil) {
        self.decision = decision
        self.reason = reason
        self.digest = digest
    }
}
