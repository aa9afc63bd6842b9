public import FoundationEssentials

/// A build that a person is asked to approve, or was.
public struct ApprovalDocument: Codable, Equatable, Sendable {
    public enum Status: String, Codable, CaseIterable, Sendable {
        case pending, approved, denied
        /// Nobody answered in time, which denies.
        case expired
        /// The build ended before anybody answered.
        case withdrawn
    }

    /// The build's id; the approval has the same.
    public var id: String
    /// Whose build it is, and who asked for it.
    public var grant: String
    public var subject: String
    public var status: Status
    /// What is approved: SHA-256 over the request and the source, hexadecimal.
    public var digest: String
    /// The rule that wants it, as a JSON Pointer into the policy (RFC 6901).
    public var rule: String
    public var reason: String
    public var requestedAt: Date
    public var expiresAt: Date
    /// `GRANT`, or `GRANT#SUBJECT` for one of a grant's callers; nil: the grant's own that have the scope `approve`.
    public var approvers: [String]?
    public var decidedAt: Date?
    /// `GRANT#SUBJECT`.
    public var decidedBy: String?
    /// What whoever decided gave as the reason.
    public var decisionReason: String?
    /// What is to be built. In a list of approvals only: in a job it stands beside.
    public var source: SourceDocument?
    public var request: BuildDocument?

    public init(
        id: String, grant: String, subject: String, status: Status, digest: String, rule: String, reason: String,
        requestedAt: Date, expiresAt: Date, approvers: [String]? = nil
    ) {
        self.id = id
        self.grant = grant
        self.subject = subject
        self.status = status
        self.digest = digest
        self.rule = rule
        self.reason = reason
        self.requestedAt = requestedAt
        self.expiresAt = expiresAt
        self.approvers = approvers
    }
}
