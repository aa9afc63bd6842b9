import BuildAPI
import FoundationEssentials
import GRDB
import Policy

/// The policy's part in transactions on jobs: counters and approvals.
extension SQLiteJobStore {
    /// Counts a job that is let in, or has it wait for an approval. What is thrown undoes its admission.
    func apply(_ terms: PolicyTerms, to job: NewJob, _ database: Database) throws {
        try database.execute(
            sql: "UPDATE job SET policy = ? WHERE id = ?",
            arguments: [encoded(terms.decision.document), job.id.description])
        guard let approval = job.approval else {
            return try count(terms.decision, as: job.id, keptSeconds: terms.keptSeconds, database)
        }
        let awaiting = try Int.fetchOne(
            database, sql: "SELECT count(*) FROM job WHERE owner = ? AND state = 'awaiting_approval'",
            arguments: [job.grant])
        // This job is among them.
        guard awaiting ?? 0 <= terms.mostAwaiting else {
            throw ServiceFault(
                .approvalsFull,
                "\(terms.mostAwaiting) builds of the grant \(job.grant) wait for an approval, as many as may: have one "
                    + "of them approved, denied or cancelled first", decision: terms.decision.document)
        }
        try database.execute(
            sql: "UPDATE job SET queue_deadline = ? WHERE id = ?",
            arguments: [approval.expiresAt.milliseconds, job.id.description])
        try database.execute(
            sql: "INSERT INTO approval (job, document, call, session, queue_time) VALUES (?, ?, ?, ?, ?)",
            arguments: [
                job.id.description, encoded(approval), encoded(terms.call.arguments), terms.call.session, job.queueTime,
            ])
    }

    /// Counts a job in the counters that a decision charges.
    ///
    /// - Throws: ``ServiceFault`` with the code `rateLimited`; `policyDenied` where the counters cannot be kept.
    private func count(_ decision: Decision, as id: JobID, keptSeconds: Int, _ database: Database) throws {
        var counters = SQLiteCounterStore(database: database, keptSeconds: keptSeconds)
        // The time is asked inside of the transaction: the order of times is the order of jobs.
        let refusal = try SlidingWindows.admit(
            id.description, decision.charges, at: counterClock.now(), in: &counters)
        if let refusal { throw ServiceFault.denied(decision.denied(by: refusal)) }
    }

    func giveBack(_ id: JobID, _ database: Database) throws {
        try SQLiteCounterStore(database: database, keptSeconds: 0).giveBack(id.description)
    }

    /// Counts a call that makes no job, in a transaction of its own.
    func count(_ decision: Decision, call: String, keptSeconds: Int) async throws(ServiceFault) {
        guard !decision.charges.isEmpty else { return }
        try await database.write("count a call") { database, _ in
            var counters = SQLiteCounterStore(database: database, keptSeconds: keptSeconds)
            let refusal = try SlidingWindows.admit(call, decision.charges, at: counterClock.now(), in: &counters)
            if let refusal { throw ServiceFault.denied(decision.denied(by: refusal)) }
        }
    }

    /// Forgets calls that no window reaches back to any more.
    func sweepCounters(keptSeconds: Int) async throws(ServiceFault) {
        try await database.write("forget old calls") { database, _ in
            try SQLiteCounterStore(database: database, keptSeconds: keptSeconds).sweep(at: counterClock.now())
        }
    }

    /// Jobs that wait for an approval, the longest first, with their approvals.
    func awaiting() async throws(ServiceFault) -> [JobRecord] {
        try await database.read("list the approvals") { database in
            try Row.fetchAll(
                database,
                sql: "SELECT \(JobRow.columns) FROM job WHERE state = 'awaiting_approval' ORDER BY place"
            ).map { try JobRow.record($0, withResult: false) }
        }
    }

    /// Carries out what a person decided on a job, in one transaction; who may is checked before.
    ///
    /// - Parameters:
    ///   - decision: What the person said.
    ///   - id: The job's.
    ///   - principal: The person.
    ///   - now: The time of the decision.
    ///   - policy: The one in force: what it denies now is not let through, and its limits count.
    ///   - ending: What a denied job ends with.
    /// - Returns: The job as it is now, and what is to be done; nil when there is no such job, or nothing to decide.
    /// - Throws: ``ServiceFault``: `conflict` once it is decided, or for another digest; `rateLimited` and
    ///   `policyDenied` of the policy. Then the job waits on.
    func decide(
        _ decision: ApprovalDecisionDocument, on id: JobID, as principal: Principal, at now: Date, policy: Policy?,
        ending: @escaping @Sendable (JobRecord, JobMachine.End) -> JobEnding
    ) async throws(ServiceFault) -> (record: JobRecord, action: JobMachine.Action)? {
        try await database.write("decide on the build \(id)") { database, audit in
            guard var record = try JobRow.fetch(id, database, withResult: true), let approval = record.approval else {
                return nil
            }
            try Self.check(record, approval, decision, at: now)
            record.approval?.decidedAt = now
            record.approval?.decidedBy = "\(principal.grant)#\(principal.subject)"
            record.approval?.decisionReason = decision.reason
            record.approval?.status = decision.decision == .approve ? .approved : .denied
            let action = record.machine.handle(decision.decision == .approve ? .approve : .deny)
            try keep(record, database)
            switch action {
            case .queue:
                try queue(&record, at: now, policy, database)
            case .finish(let end):
                try finish(&record, with: ending(record, end), database)
            default:
                throw ServiceFault(.conflict, "the build \(id) waits for no approval any more")
            }
            let event = AuditEvent(
                .approval, grant: principal.grant, subject: principal.subject, job: id.description,
                decision: .allowed, reason: decision.reason,
                details: [
                    "digest": approval.digest, "decision": decision.decision.rawValue,
                    "of": "\(record.grant)#\(record.subject)", "policy_rule": approval.rule,
                ])
            try audit.note(event, at: now, database)
            // As it is kept: with the end of its time in the queue.
            return (try JobRow.fetch(id, database, withResult: true) ?? record, action)
        }
    }

    private static func check(
        _ record: JobRecord, _ approval: ApprovalDocument, _ decision: ApprovalDecisionDocument, at now: Date
    ) throws {
        guard approval.status == .pending, record.machine.state == .awaitingApproval else {
            throw ServiceFault(
                .conflict, "the build \(record.id) waits for no approval: it is \(approval.status.rawValue)")
        }
        guard now < approval.expiresAt else {
            throw ServiceFault(.conflict, "the time in which the build \(record.id) could be approved is over")
        }
        guard decision.digest ?? approval.digest == approval.digest,
            approval.digest == NewJob.digest(of: record.document, record.source)
        else {
            throw ServiceFault(
                .conflict,
                "what waits as the build \(record.id) has the digest \(approval.digest): look at that, and decide on it"
            )
        }
    }

    /// An approved job goes on to the limits, and from there to the queue.
    private func queue(_ record: inout JobRecord, at now: Date, _ policy: Policy?, _ database: Database) throws {
        let id = record.id.description
        guard let row = try Row.fetchOne(database, sql: "SELECT * FROM approval WHERE job = ?", arguments: [id]) else {
            throw ServiceFault(.internalFault, "the approval of the build \(id) is not there")
        }
        if let policy {
            let call = PolicyCall(
                tool: Policy.build, grant: record.grant, session: row["session"],
                tenant: Principal.tenant(of: record.grant),
                arguments: try decoded(from: row["call"]))
            let decision = policy.decide(call)
            guard decision.outcome != .deny else { throw ServiceFault.denied(decision) }
            try count(decision, as: record.id, keptSeconds: SQLiteCounterStore.kept(for: policy), database)
        }
        try store(record, database)
        try database.execute(
            sql: "UPDATE job SET queue_deadline = ? WHERE id = ?",
            arguments: [now.milliseconds + (row["queue_time"] as Int64), id])
    }

    /// An approval that nobody gave any more.
    func settle(_ record: inout JobRecord, at now: Date, _ database: Database) throws {
        guard let deadline = record.approval?.expiresAt else { return }
        record.approval?.status = now < deadline ? .withdrawn : .expired
        record.approval?.decidedAt = now
        try keep(record, database)
    }

    private func keep(_ record: JobRecord, _ database: Database) throws {
        guard let approval = record.approval else { return }
        try database.execute(
            sql: "UPDATE approval SET document = ? WHERE job = ?",
            arguments: [encoded(approval), record.id.description])
    }
}
