import GRDB
import Policy

/// Counters in the service's database, within a transaction: a call is counted when the job that it makes is
/// admitted, or neither is.
struct SQLiteCounterStore: CounterStore {
    let database: Database
    /// How long calls are remembered: as long as the longest window, and a day at least, so that a policy with a
    /// longer one finds what was called before it came.
    let keptSeconds: Int

    static func kept(for policy: Policy?) -> Int { max(86_400, policy?.longestWindowSeconds ?? 0) }

    static let schema = """
        CREATE TABLE counted (
            counter TEXT NOT NULL,
            scope TEXT NOT NULL,
            subject TEXT NOT NULL,
            session TEXT NOT NULL,
            at INTEGER NOT NULL,
            call TEXT NOT NULL,
            PRIMARY KEY (counter, scope, subject, session, at, call)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX counted_call ON counted (call);
        CREATE INDEX counted_at ON counted (at);
        """

    private static let same = "counter = ? AND scope = ? AND subject = ? AND session = ?"

    func time(ofNewest rank: Int, in key: CounterKey) throws -> Int64? {
        let statement = try database.cachedStatement(
            sql: "SELECT at FROM counted WHERE \(Self.same) ORDER BY at DESC, call DESC LIMIT 1 OFFSET ?")
        return try Int64.fetchOne(statement, arguments: Self.arguments(key) + [rank - 1])
    }

    func count(_ call: String, at time: Int64, in key: CounterKey) throws {
        let old = time - Int64(keptSeconds) * 1_000_000_000
        try database.cachedStatement(sql: "DELETE FROM counted WHERE \(Self.same) AND at <= ?")
            .execute(arguments: Self.arguments(key) + [old])
        try database.cachedStatement(
            sql: "INSERT INTO counted (counter, scope, subject, session, at, call) VALUES (?, ?, ?, ?, ?, ?)"
        ).execute(arguments: Self.arguments(key) + [time, call])
    }

    func giveBack(_ call: String) throws {
        try database.cachedStatement(sql: "DELETE FROM counted WHERE call = ?").execute(arguments: [call])
    }

    /// Forgets calls of counters that nobody adds to any more.
    func sweep(at time: Int64) throws {
        try database.execute(
            sql: "DELETE FROM counted WHERE at <= ?", arguments: [time - Int64(keptSeconds) * 1_000_000_000])
    }

    /// The newest call that is remembered.
    static func newest(_ database: Database) throws -> Int64? {
        try Int64.fetchOne(database, sql: "SELECT max(at) FROM counted")
    }

    private static func arguments(_ key: CounterKey) -> StatementArguments {
        [key.counter, key.scope.rawValue, key.subject, key.session]
    }
}
