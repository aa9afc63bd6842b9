import BuildAPI
import FoundationEssentials
import GRDB
import PythonBuild

/// A row of the table `job`.
enum JobRow {
    /// Without `result`, which may be large.
    static let columns = """
        place, id, owner, subject, state, priority, request, source, retry_of, created_at, queue_deadline, run_time, \
        started_at, ended_at, attempt, lost, cancel_requested, exit_code, policy,
        (SELECT document FROM approval WHERE approval.job = job.id) AS approval
        """

    static func record(_ row: Row, withResult: Bool) throws -> JobRecord {
        let result: String? = withResult ? row["result"] : nil
        let decision: String? = row["policy"]
        let approval: String? = row["approval"]
        return JobRecord(
            id: try id(row["id"]), place: row["place"], grant: row["owner"], subject: row["subject"],
            priority: row["priority"], document: try decoded(from: row["request"]),
            source: try decoded(from: row["source"]), retryOf: row["retry_of"],
            createdAt: Date(milliseconds: row["created_at"]), queueDeadline: Date(milliseconds: row["queue_deadline"]),
            runTime: .milliseconds(row["run_time"] as Int64), machine: try machine(row),
            decision: try decision.map { try decoded(DecisionDocument.self, from: $0) },
            approval: try approval.map { try decoded(ApprovalDocument.self, from: $0) },
            startedAt: (row["started_at"] as Int64?).map { Date(milliseconds: $0) },
            endedAt: (row["ended_at"] as Int64?).map { Date(milliseconds: $0) },
            result: try result.map { try decoded(BuildResult.self, from: $0) }, exitCode: row["exit_code"])
    }

    static func fetch(_ id: JobID, _ database: Database, withResult: Bool) throws -> JobRecord? {
        let columns = withResult ? "\(Self.columns), result" : Self.columns
        return try Row.fetchOne(
            database, sql: "SELECT \(columns) FROM job WHERE id = ?", arguments: [id.description]
        ).map { try record($0, withResult: withResult) }
    }

    static func id(_ text: String) throws -> JobID {
        guard let id = JobID(text) else {
            throw ServiceFault(.internalFault, "the database has a job with the id \(text), which is none")
        }
        return id
    }

    static func state(_ text: String) throws -> JobState {
        guard let state = JobState(rawValue: text) else {
            throw ServiceFault(
                .internalFault, "the database has a job in the state \(text), which this version does not know")
        }
        return state
    }

    private static func machine(_ row: Row) throws -> JobMachine {
        JobMachine(
            state: try state(row["state"]), attempt: row["attempt"], lost: row["lost"],
            cancelRequested: row["cancel_requested"])
    }
}
