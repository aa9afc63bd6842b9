import BuildAPI
import FoundationEssentials
import GRDB
import Policy
import PythonBuild
import SystemPackage

/// Jobs in the service's database, with the audit log's lines in the same transactions: a decision that cannot be
/// written down is not made.
struct SQLiteJobStore: JobStore {
    let database: AuditedDatabase
    let blobs: any BlobStore
    /// What a policy's counters go by.
    let counterClock: CounterClock

    func admit(_ job: NewJob) async throws(ServiceFault) -> (record: JobRecord, isReplay: Bool) {
        try await database.write("admit the build") { database, audit in
            if let key = job.key, let earlier = try replay(of: key, owner: job.grant, database) {
                return (earlier, true)
            }
            guard let blob = job.source.blob, try blobIsKept(blob, database) else {
                throw ServiceFault(.notFound, "the source is not kept any more: upload it again")
            }
            try insert(job, blob: blob, database)
            if let terms = job.policy { try apply(terms, to: job, database) }
            if let key = job.key {
                try database.execute(
                    sql: "INSERT OR REPLACE INTO idempotency (owner, key, fingerprint, job, at) VALUES (?, ?, ?, ?, ?)",
                    arguments: [
                        job.grant, key.text, key.fingerprint, job.id.description, job.createdAt.milliseconds,
                    ])
            }
            let event = AuditEvent(
                job.retryOf == nil ? .admission : .retry, grant: job.grant, subject: job.subject,
                job: job.id.description, decision: .allowed,
                details: ["source": blob].merging(job.retryOf.map { ["retry_of": $0.description] } ?? [:]) { $1 }
                    .merging(job.policy?.decision.document.auditDetails ?? [:]) { $1 })
            try audit.note(event, at: job.createdAt, database)
            guard let record = try JobRow.fetch(job.id, database, withResult: false) else {
                throw ServiceFault(.internalFault, "the build \(job.id) was not there after it was admitted")
            }
            return (record, false)
        }
    }

    func replay(of key: NewJob.Key, owner: String) async throws(ServiceFault) -> JobRecord? {
        try await database.read("look up the Idempotency-Key") { try replay(of: key, owner: owner, $0) }
    }

    func job(_ id: JobID) async throws(ServiceFault) -> JobRecord? {
        try await database.read("read the build \(id)") { try JobRow.fetch(id, $0, withResult: true) }
    }

    func jobs(
        owner: String?, states: Set<JobState>?, before: JobID?, limit: Int
    ) async throws(ServiceFault) -> [JobRecord] {
        try await database.read("list the builds") { database in
            var conditions = ["TRUE"]
            var arguments = StatementArguments()
            if let owner {
                conditions.append("owner = ?")
                arguments += [owner]
            }
            if let states {
                conditions.append("state IN (\(states.map { _ in "?" }.joined(separator: ", ")))")
                arguments += StatementArguments(states.map(\.rawValue))
            }
            if let before {
                conditions.append("id < ?")
                arguments += [before.description]
            }
            arguments += [limit]
            return try Row.fetchAll(
                database,
                sql: """
                    SELECT \(JobRow.columns) FROM job WHERE \(conditions.joined(separator: " AND "))
                    ORDER BY id DESC LIMIT ?
                    """, arguments: arguments
            ).map { try JobRow.record($0, withResult: false) }
        }
    }

    func unended() async throws(ServiceFault) -> [UnendedJob] {
        try await database.read("read the queue") { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT id, owner, priority, place, state FROM job WHERE state IN ('queued', 'running') ORDER BY place
                    """
            ).map { row in
                UnendedJob(
                    id: try JobRow.id(row["id"]),
                    place: FairQueue.Place(grant: row["owner"], priority: row["priority"], place: row["place"]),
                    state: try JobRow.state(row["state"]))
            }
        }
    }

    func overdue(at now: Date) async throws(ServiceFault) -> (jobs: [JobID], next: Date?) {
        try await database.read("read the queue's deadlines") { database in
            let ids = try String.fetchAll(
                database,
                sql: """
                    SELECT id FROM job WHERE state = 'queued' AND queue_deadline <= ?
                    UNION ALL SELECT id FROM job WHERE state = 'awaiting_approval' AND queue_deadline <= ?
                    """, arguments: [now.milliseconds, now.milliseconds])
            let next = try Int64.fetchOne(
                database,
                sql: """
                    SELECT min(deadline) FROM (
                        SELECT min(queue_deadline) AS deadline FROM job WHERE state = 'queued' AND queue_deadline > ?
                        UNION ALL SELECT min(queue_deadline) FROM job
                            WHERE state = 'awaiting_approval' AND queue_deadline > ?)
                    """, arguments: [now.milliseconds, now.milliseconds])
            return (try ids.map(JobRow.id), next.map { Date(milliseconds: $0) })
        }
    }

    func artifact(_ name: String, of id: JobID) async throws(ServiceFault) -> StoredArtifact? {
        try await database.read("look up an artifact of the build \(id)") { database in
            try Row.fetchOne(
                database, sql: "SELECT kind, blob, size FROM artifact WHERE job = ? AND name = ?",
                arguments: [id.description, name]
            ).map { row in
                StoredArtifact(
                    name: name, kind: DistributionKind(rawValue: row["kind"]) ?? .wheel, blob: row["blob"],
                    size: UInt64(row["size"] as Int64))
            }
        }
    }

    func probe(at now: Date) async throws(ServiceFault) {
        try await database.write("write to the database") { database, _ in
            try database.execute(
                sql: "INSERT OR REPLACE INTO probe (only, at) VALUES (1, ?)", arguments: [now.milliseconds])
        }
    }

    func reconcileAudit(at now: Date) async throws(ServiceFault) { try await database.reconcile(at: now) }

    private func replay(of key: NewJob.Key, owner: String, _ database: Database) throws -> JobRecord? {
        let row = try Row.fetchOne(
            database, sql: "SELECT fingerprint, job FROM idempotency WHERE owner = ? AND key = ? AND at > ?",
            arguments: [owner, key.text, key.since.milliseconds])
        guard let row else { return nil }
        guard row["fingerprint"] as String == key.fingerprint else {
            throw ServiceFault(
                .idempotencyMismatch,
                "the Idempotency-Key \(key.text) was used for another request, which made the build "
                    + "\(row["job"] as String): use a new key for a new request")
        }
        return try JobRow.fetch(try JobRow.id(row["job"]), database, withResult: true)
    }

    private func blobIsKept(_ digest: String, _ database: Database) throws -> Bool {
        try Bool.fetchOne(
            database, sql: "SELECT EXISTS (SELECT 1 FROM blob WHERE digest = ?)", arguments: [digest]) ?? false
    }

    private func insert(_ job: NewJob, blob: String, _ database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO job (id, owner, subject, state, priority, request, source, source_blob, source_size, retry_of,
                    created_at, queue_deadline, run_time)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                job.id.description, job.grant, job.subject, job.state.rawValue, job.priority,
                encoded(job.document), encoded(job.source), blob, Int64(clamping: job.source.size ?? 0),
                job.retryOf?.description, job.createdAt.milliseconds, job.queueDeadline.milliseconds,
                Int64(job.runTime / .milliseconds(1)),
            ])
    }
}
