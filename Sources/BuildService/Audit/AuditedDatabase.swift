import FoundationEssentials
import GRDB

/// The database together with the audit log: what a transaction does is told in the log, or not done.
struct AuditedDatabase: Sendable {
    let database: ServiceDatabase
    let log: AuditLog

    /// - Returns: What `body` returns.
    /// - Throws: ``ServiceFault`` as ``ServiceDatabase/write(_:undone:_:)`` does.
    func write<Value: Sendable>(
        _ what: String, _ body: @escaping @Sendable (Database, AuditTransaction) throws -> Value
    ) async throws(ServiceFault) -> Value {
        let audit = AuditTransaction(log)
        return try await database.write(what, undone: { audit.takeBack() }) { try body($0, audit) }
    }

    func read<Value: Sendable>(
        _ what: String, _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(ServiceFault) -> Value {
        try await database.read(what, body)
    }

    /// Takes back the lines of a transaction that a crash kept from being committed: those beyond the head that the
    /// database knows. No other transaction is under way meanwhile.
    func reconcile(at now: Date) async throws(ServiceFault) {
        try await write("compare the audit log with the database") { database, audit in
            let known = try AuditHead.fetch(database)?.sequence ?? 0
            let beyond = try log.records(after: known)
            let undone = beyond.filter(AuditEvent.isTransactional).map(\.seq)
            if !undone.isEmpty { try audit.note(.notDone(undone), at: now, database) }
        }
    }
}
