public import BuildAPI
import FoundationEssentials
import Linux
import Logging
public import Policy
import PythonBuild
import Synchronization

/// What a policy has to say on calls, and the approvals that it asks for.
extension BuildService {
    /// Whether the policy leaves a tool out of what callers are shown.
    public func hides(_ tool: String) -> Bool { policy?.policy.hides(tool) ?? false }

    /// Decides on a call of a tool that makes no job: one that looks at jobs, or ends them. A counter of its own
    /// counts it at once.
    ///
    /// - Parameters:
    ///   - tool: Its name.
    ///   - arguments: What it was given, an object.
    ///   - principal: Who calls.
    /// - Throws: ``ServiceFault``: `policyDenied`, `rateLimited`; `storeUnavailable` where it cannot be counted.
    public func check(
        tool: String, arguments: PolicyValue, as principal: Principal
    ) async throws(ServiceFault) {
        guard let policy = policy?.policy else { return }
        let decision = policy.decide(call(tool, arguments, grant: principal.grant, as: principal))
        do throws(ServiceFault) {
            if decision.outcome == .deny { throw ServiceFault.denied(decision) }
            if decision.outcome == .requireApproval {
                throw ServiceFault(
                    .policyDenied,
                    "the policy wants \(tool) approved, and only builds can wait for an approval",
                    decision: decision.document)
            }
            try await stored { () throws(ServiceFault) in
                try await policyStore.count(
                    decision, call: "\(tool) \(UUID())", keptSeconds: SQLiteCounterStore.kept(for: policy))
            }
        } catch {
            audit(
                AuditEvent(
                    .call, grant: principal.grant, subject: principal.subject, decision: .refused,
                    reason: error.code.rawValue,
                    details: (error.decision?.auditDetails ?? [:]).merging(["tool": tool]) { $1 }))
            throw error
        }
    }

    /// Decides on a build, and bounds what it did not ask for itself.
    ///
    /// - Returns: On which terms it is let in; nil without a policy.
    func terms(
        for document: inout BuildDocument, _ arguments: PolicyValue?, grant: String, as principal: Principal
    ) throws(ServiceFault) -> PolicyTerms? {
        guard let policy = policy?.policy else { return nil }
        let call = call(Policy.build, .arguments(of: document, call: arguments), grant: grant, as: principal)
        let decision = policy.decide(call)
        guard decision.outcome != .deny else { throw ServiceFault.denied(decision) }
        document.limits = document.limits.bounded(by: decision.ceiling)
        return PolicyTerms(
            decision: decision, call: call, keptSeconds: SQLiteCounterStore.kept(for: policy),
            mostAwaiting: settings.awaitingPerGrant)
    }

    private func call(_ tool: String, _ arguments: PolicyValue, grant: String, as principal: Principal) -> PolicyCall {
        PolicyCall(
            tool: tool, grant: grant, session: principal.session, tenant: Principal.tenant(of: grant),
            arguments: arguments)
    }

    // MARK: Approvals

    /// The approvals that this caller can decide on, the oldest first, with what is to be built.
    ///
    /// - Parameter principal: Who asks.
    /// - Returns: What waits, but for the caller's own builds.
    /// - Throws: ``ServiceFault`` with the codes `forbidden`, `storeUnavailable`.
    public func approvals(as principal: Principal) async throws(ServiceFault) -> ApprovalListDocument {
        try principal.require(.approve)
        let records = try await stored { () throws(ServiceFault) in try await policyStore.awaiting() }
        return ApprovalListDocument(
            approvals: records.compactMap { record in
                guard let approval = record.approval, principal.reaches(approval), principal.differs(from: approval)
                else {
                    return nil
                }
                return record.approvalDocument
            })
    }

    /// Approves a build or denies it. An approved one is counted in the policy's limits and queued; a denied one has
    /// ended.
    ///
    /// - Parameters:
    ///   - decision: What was decided.
    ///   - id: The build's id.
    ///   - principal: Who decides: another caller than the one who asked for the build.
    /// - Returns: The approval as it stands.
    /// - Throws: ``ServiceFault``: `notFound`, also for approvals that are not this caller's to give; `forbidden` for the
    ///   caller's own build; `conflict` once it is decided; what the policy and the queue refuse now.
    public func decide(
        _ decision: ApprovalDecisionDocument, on id: String, as principal: Principal
    ) async throws(ServiceFault) -> ApprovalDocument {
        try principal.require(.approve)
        guard decision.reason?.utf8.count ?? 0 <= 1000 else {
            throw ServiceFault.invalid("/reason", "it has 1000 bytes at most")
        }
        guard let known = JobID(id),
            let waiting = try await stored({ () throws(ServiceFault) in try await store.job(known) }),
            let approval = waiting.approval, principal.reaches(approval)
        else { throw ServiceFault.notFound(id) }
        do throws(ServiceFault) {
            return try await decide(decision, on: waiting, approval, as: principal)
        } catch {
            audit(
                AuditEvent(
                    .approval, grant: principal.grant, subject: principal.subject, job: id, decision: .refused,
                    reason: error.code.rawValue, details: error.decision?.auditDetails ?? [:]))
            throw error
        }
    }

    private func decide(
        _ decision: ApprovalDecisionDocument, on waiting: JobRecord, _ approval: ApprovalDocument,
        as principal: Principal
    ) async throws(ServiceFault) -> ApprovalDocument {
        guard principal.differs(from: approval) else {
            throw ServiceFault(
                .forbidden,
                "\(principal.subject) asked for the build \(waiting.id) and cannot decide on it: somebody else must")
        }
        let queues = decision.decision == .approve
        if queues {
            try requireReady()
            try state.withLock { state in
                Result { () throws(ServiceFault) in try state.reserve(waiting.grant, settings: settings) }
            }.get()
        }
        defer { if queues { state.withLock { $0.release(waiting.grant) } } }
        let now = clock.now.wholeMilliseconds
        let decided = try await stored { () throws(ServiceFault) in
            try await policyStore.decide(
                decision, on: waiting.id, as: principal, at: now, policy: policy?.policy
            ) { record, end in
                JobEnding(result: BuildResult(of: record, end, at: now), at: now)
            }
        }
        guard let (record, action) = decided else { throw ServiceFault.notFound(waiting.id.description) }
        switch action {
        case .queue: enqueue(record)
        case .finish: ended(record)
        default: break
        }
        return record.approvalDocument ?? approval
    }

    /// An approved job waits for its turn from now.
    private func enqueue(_ record: JobRecord) {
        do {
            try AttemptLog.tellQueued(try logs.log(of: record), clock: clock)
        } catch {
            // Its followers learn of it when it runs.
            logger.error("cannot tell that a build is queued", metadata: ["job": "\(record.id)", "reason": "\(error)"])
        }
        state.withLock { state in
            state.queue.insert(record.id, at: record.queuePlace)
            state.nextDeadline = state.nextDeadline.map { min($0, record.queueDeadline) } ?? record.queueDeadline
        }
        wake.raise()
        reportJobs()
    }
}

extension Principal {
    /// Whether an approval is this caller's to give: it is named, or where nobody is, it is of the same grant.
    fileprivate func reaches(_ approval: ApprovalDocument) -> Bool {
        if let approvers = approval.approvers {
            return ApprovalTerms.lists(approvers, grant: grant, subject: subject)
        }
        return sees(approval.grant)
    }

    /// Whether somebody else asked for the build. A grant tells nothing of that: one person can have several, and whoever
    /// administers can repeat another grant's build.
    fileprivate func differs(from approval: ApprovalDocument) -> Bool { subject != approval.subject }
}

extension JobRecord {
    /// The approval with what is to be built.
    fileprivate var approvalDocument: ApprovalDocument? {
        var approval = approval
        approval?.source = source
        approval?.request = document
        return approval
    }
}
