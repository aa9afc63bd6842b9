import BuildAPI
import FoundationEssentials
import PythonBuild

/// A job as the store has it.
struct JobRecord: Sendable {
    let id: JobID
    /// Orders jobs by admission; a job that is queued again keeps it.
    let place: Int64
    let grant: String
    let subject: String
    let priority: Int
    let document: BuildDocument
    /// With blob, name and size.
    let source: SourceDocument
    let retryOf: String?
    let createdAt: Date
    let queueDeadline: Date
    /// Of each attempt as a whole.
    let runTime: Duration
    var machine: JobMachine
    /// What the policy decided on it.
    var decision: DecisionDocument?
    /// Where the policy wants an approval.
    var approval: ApprovalDocument?
    var startedAt: Date?
    var endedAt: Date?
    /// Once it has ended, where it was asked for.
    var result: BuildResult?
    /// The exit code of `buildbox run` for its end.
    var exitCode: Int32?

    func document(position: Int? = nil, phase: Phase? = nil) -> JobDocument {
        JobDocument(
            id: id.description, grant: grant, state: machine.state, createdAt: createdAt, startedAt: startedAt,
            endedAt: endedAt, queuePosition: position, priority: priority, attempt: machine.attempt, phase: phase,
            cancelRequested: machine.cancelRequested, retryOf: retryOf, source: source, request: document,
            policy: decision, approval: approval, result: result)
    }
}
