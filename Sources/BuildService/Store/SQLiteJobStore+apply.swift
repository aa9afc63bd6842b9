import BuildAPI
import FoundationEssentials
import GRDB
import PythonBuild

extension SQLiteJobStore {
    func apply(
        _ event: JobMachine.Event, to id: JobID, at now: Date, subject: String?,
        ending: @escaping @Sendable (JobRecord, JobMachine.End) -> JobEnding
    ) async throws(ServiceFault) -> (record: JobRecord, action: JobMachine.Action)? {
        try await database.write("change the build \(id)") { database, audit in
            guard var record = try JobRow.fetch(id, database, withResult: true) else { return nil }
            let action = record.machine.handle(event)
            switch action {
            case .nothing: break
            case .run:
                record.startedAt = now
                try store(record, database)
            case .stop, .queueAgain, .queue:
                try store(record, database)
            case .finish(let end):
                try finish(&record, with: ending(record, end), database)
            }
            if let line = line(event, record, action, subject) { try audit.note(line, at: now, database) }
            return (record, action)
        }
    }

    func all() async throws(ServiceFault) -> Set<JobID> {
        try await database.read("look for all builds") { database in
            Set(try String.fetchAll(database, sql: "SELECT id FROM job").map(JobRow.id))
        }
    }

    func delete(_ id: JobID, at now: Date, subject: String?) async throws(ServiceFault) -> Bool {
        try await database.write("delete the build \(id)") { database, audit in
            guard let record = try JobRow.fetch(id, database, withResult: false), record.machine.state.isEnd else {
                return false
            }
            try database.execute(sql: "DELETE FROM job WHERE id = ?", arguments: [id.description])
            let event = AuditEvent(
                .delete, grant: record.grant, subject: subject, job: id.description,
                reason: subject == nil ? "retention" : nil)
            try audit.note(event, at: now, database)
            return true
        }
    }

    func finish(_ record: inout JobRecord, with ending: JobEnding, _ database: Database) throws {
        // It never ran: its place in the policy's counters is free again.
        if record.machine.attempt == 0 { try giveBack(record.id, database) }
        if record.approval?.status == .pending { try settle(&record, at: ending.at, database) }
        record.result = ending.result
        record.exitCode = ending.result.exitCode
        record.endedAt = ending.at
        for artifact in ending.result.artifacts {
            guard let file = ending.files[artifact.name] else { continue }
            try blobs.adopt(file, as: artifact.sha256)
            try database.execute(
                sql: "INSERT OR IGNORE INTO blob (digest, size) VALUES (?, ?)",
                arguments: [artifact.sha256, Int64(clamping: artifact.size)])
            try database.execute(
                sql: "INSERT INTO artifact (job, name, kind, blob, size) VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    record.id.description, artifact.name, artifact.kind.rawValue, artifact.sha256,
                    Int64(clamping: artifact.size),
                ])
        }
        try store(record, database)
        try database.execute(
            sql: "UPDATE job SET result = ?, exit_code = ?, ended_at = ?, log_bytes = ? WHERE id = ?",
            arguments: [
                encoded(ending.result), ending.result.exitCode, ending.at.milliseconds,
                Int64(clamping: ending.logBytes),
                record.id.description,
            ])
    }

    func store(_ record: JobRecord, _ database: Database) throws {
        let machine = record.machine
        try database.execute(
            sql: "UPDATE job SET state = ?, attempt = ?, lost = ?, cancel_requested = ?, started_at = ? WHERE id = ?",
            arguments: [
                machine.state.rawValue, machine.attempt, machine.lost, machine.cancelRequested,
                record.startedAt?.milliseconds, record.id.description,
            ])
    }

    /// What the audit log says of a change: who asked for something, and how a job ended. An attempt that is lost is told
    /// beside an end that follows from it.
    private func line(
        _ event: JobMachine.Event, _ record: JobRecord, _ action: JobMachine.Action, _ subject: String?
    ) -> AuditEvent? {
        let job = record.id.description
        if case .finish = action {
            let result = record.result
            return AuditEvent(
                .end, grant: record.grant, subject: subject ?? record.subject, job: job, reason: result?.reason?.code,
                details: [
                    "state": record.machine.state.rawValue, "exit_code": "\(record.exitCode ?? 0)",
                    "attempt": "\(record.machine.attempt)",
                    "artifacts": (result?.artifacts ?? []).map { "\($0.name) \($0.sha256)" }.joined(separator: " "),
                ])
        }
        switch (event, action) {
        case (.cancel, .stop):
            return AuditEvent(.cancel, grant: record.grant, subject: subject, job: job, decision: .allowed)
        case (.lost, .queueAgain):
            return AuditEvent(
                .attemptLost, grant: record.grant, job: job, details: ["attempt": "\(record.machine.attempt)"])
        default:
            return nil
        }
    }
}
