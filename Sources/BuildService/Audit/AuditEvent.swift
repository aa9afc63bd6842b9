/// What the audit log tells of. No secrets, no log bytes.
public struct AuditEvent: Sendable {
    public enum Name: String, Codable, Sendable {
        case serviceStarted = "service.started"
        case serviceStopped = "service.stopped"
        case admission = "job.admission"
        case approval = "job.approval"
        /// Of a tool that makes no job.
        case call = "tool.call"
        case cancel = "job.cancel"
        case retry = "job.retry"
        case delete = "job.delete"
        case attemptLost = "job.attempt_lost"
        case end = "job.end"
        case upload = "blob.upload"
        case tokenCreated = "token.created"
        case tokenRevoked = "token.revoked"
        case authenticationRefused = "authentication.refused"
        case healed = "audit.healed"
        /// What the lines that it names tell of was not done: the disk or the process failed before it counted.
        case notDone = "audit.not_done"
    }

    public enum Decision: String, Codable, Sendable { case allowed, refused }

    public var name: Name
    public var grant: String?
    public var subject: String?
    public var job: String?
    public var decision: Decision?
    /// A stable code, such as that of a problem.
    public var reason: String?
    public var details: [String: String]

    public init(
        _ name: Name, grant: String? = nil, subject: String? = nil, job: String? = nil, decision: Decision? = nil,
        reason: String? = nil, details: [String: String] = [:]
    ) {
        self.name = name
        self.grant = grant
        self.subject = subject
        self.job = job
        self.decision = decision
        self.reason = reason
        self.details = details
    }
}
