import GRDB

extension AuditHead {
    /// Nil when no line was ever written.
    static func fetch(_ database: Database) throws -> AuditHead? {
        guard let row = try Row.fetchOne(database, sql: "SELECT sequence, hash FROM audit_head WHERE only = 1") else {
            return nil
        }
        return AuditHead(sequence: UInt64(row["sequence"] as Int64), hash: row["hash"])
    }

    /// Keeps the newest head; two processes may bring theirs in any order.
    func store(_ database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO audit_head (only, sequence, hash) VALUES (1, ?, ?)
                ON CONFLICT (only) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash
                WHERE excluded.sequence > audit_head.sequence
                """,
            arguments: [Int64(sequence), hash])
    }
}
