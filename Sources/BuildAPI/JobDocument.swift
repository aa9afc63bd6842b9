public import FoundationEssentials
public import PythonBuild

/// One build job as clients see it.
public struct JobDocument: Codable, Sendable {
    /// A ULID: 26 characters, sortable by the time of admission.
    public var id: String
    public var grant: String
    public var state: JobState
    public var createdAt: Date
    public var startedAt: Date?
    public var endedAt: Date?
    /// How many jobs are to start before this one; while it is queued only.
    public var queuePosition: Int?
    public var priority: Int
    /// 0 until it first runs. More than 1: the service died while an earlier attempt ran.
    public var attempt: Int
    /// The phase that a running job is in.
    public var phase: Phase?
    /// Asked to end before its time.
    public var cancelRequested: Bool
    /// The job that this one repeats.
    public var retryOf: String?
    public var source: SourceDocument
    public var request: BuildDocument
    /// What the policy decided on it, where there is one.
    public var policy: DecisionDocument?
    /// Where the policy wants a person to approve it.
    public var approval: ApprovalDocument?
    /// Once it has ended.
    public var result: BuildResult?

    public init(
        id: String, grant: String, state: JobState, createdAt: Date, startedAt: Date? = nil, endedAt: Date? = nil,
        queuePosition: Int? = nil, priority: Int = 0, attempt: Int = 0, phase: Phase? = nil,
        cancelRequested: Bool = false, retryOf: String? = nil, source: SourceDocument, request: BuildDocument,
        policy: DecisionDocument? = nil, approval: ApprovalDocument? = nil, result: BuildResult? = nil
    ) {
        self.id = id
        self.grant = grant
        self.state = state
        self.createdAt = createdAt
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.queuePosition = queuePosition
        self.priority = priority
        self.attempt = attempt
        self.phase = phase
        self.cancelRequested = cancelRequested
        self.retryOf = retryOf
        self.source = source
        self.request = request
        self.policy = policy
        self.approval = approval
        self.result = result
    }
}
