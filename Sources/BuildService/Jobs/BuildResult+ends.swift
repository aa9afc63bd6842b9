import BuildAPI
import FoundationEssentials
import PythonBuild

/// Results of jobs whose end was not a build's to say.
extension BuildResult {
    init(of record: JobRecord, _ end: JobMachine.End, at now: Date) {
        let job = record.id.description
        let report = SandboxReport(profile: record.document.profile ?? "build", layers: [], missing: [], staging: nil)
        switch end {
        case .cancelled, .build:
            self.init(
                id: job, status: .cancelled,
                reason: Reason(code: "cancelled", message: "cancelled before it was built"),
                exitCode: ExitStatus.cancelled.rawValue, sandbox: report)
        case .queueTime:
            let limit = Self.milliseconds(from: record.createdAt, to: record.queueDeadline)
            self.init(
                id: job, status: .stopped,
                reason: Reason(
                    code: "limit", message: "it waited for its turn for more than \(limit / 1000) s",
                    limit: Limit(name: "queue-time", value: limit),
                    observed: Self.milliseconds(from: record.createdAt, to: now)),
                exitCode: ExitStatus.stoppedAtLimit.rawValue, sandbox: report)
        case .denied:
            let who = record.approval?.decidedBy ?? "an approver"
            let why = record.approval?.decisionReason.map { ": \($0)" } ?? ""
            self.init(
                id: job, status: .refused,
                reason: Reason(code: "approval_denied", message: "\(who) denied it\(why)"),
                exitCode: ExitStatus.refusedByPolicy.rawValue, sandbox: report)
        case .approvalExpired:
            self.init(
                id: job, status: .refused,
                reason: Reason(
                    code: "approval_expired",
                    message: "nobody approved it in time: the policy wants a person to (\(record.approval?.rule ?? ""))"
                ),
                exitCode: ExitStatus.refusedByPolicy.rawValue, sandbox: report)
        case .attemptsExhausted:
            self.init(
                id: job, status: .error,
                reason: Reason(
                    code: "attempts_exhausted",
                    message:
                        "the service stopped unexpectedly during each of \(record.machine.lost) attempts: the build "
                        + "may be what brings it down; the service's log tells"),
                exitCode: ExitStatus.internalFault.rawValue, sandbox: report)
        }
    }

    /// A build that was stopped since the whole job's time was over.
    func stopped(after time: Duration) -> BuildResult {
        var result = self
        let limit = UInt64(max(0, time / .milliseconds(1)))
        result.status = .stopped
        result.exitCode = ExitStatus.stoppedAtLimit.rawValue
        result.reason = Reason(
            code: "limit", message: "the whole build took more than \(limit / 1000) s",
            limit: Limit(name: "run-time", value: limit), observed: max(limit, resources.wallMs))
        return result
    }

    private static func milliseconds(from start: Date, to end: Date) -> UInt64 {
        UInt64(max(0, end.milliseconds - start.milliseconds))
    }
}

extension BuildResult.Status {
    /// The state of a job that ended so.
    var state: JobState {
        switch self {
        case .succeeded: .succeeded
        case .failed: .failed
        case .stopped: .stopped
        case .refused: .refused
        case .cancelled: .cancelled
        case .error: .error
        }
    }
}
