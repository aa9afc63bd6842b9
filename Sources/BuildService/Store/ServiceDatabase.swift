import BuildAPI
import FoundationEssentials
import GRDB
import SystemPackage

/// The service's SQLite database: WAL, and every commit on the disk before it counts (synchronous=FULL). Other
/// processes may use it at the same time.
final class ServiceDatabase: Sendable {
    private let pool: DatabasePool
    let path: FilePath

    /// Opens the database, makes it where it is not there, and brings its tables up to date.
    init(path: FilePath) throws(ServiceFault) {
        self.path = path
        do {
            var configuration = Configuration()
            configuration.busyMode = .timeout(5)
            configuration.maximumReaderCount = 4
            configuration.label = "buildbox.store"
            pool = try DatabasePool(path: path.string, configuration: configuration)
            // GRDB sets NORMAL, with which a power cut may take back what a client was promised.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            try ServiceSchema.migrator.migrate(pool)
        } catch {
            throw Self.fault("cannot open the database \(path)", error)
        }
    }

    /// Reads while a service is being opened.
    func readAtOnce<Value>(_ what: String, _ body: (Database) throws -> Value) throws(ServiceFault) -> Value {
        try Self.value(of: Result { try pool.read(body) }, what)
    }

    /// Commits a transaction, or throws and changes nothing. A cancelled task's are carried out all the same: an end
    /// that was reached is written down.
    ///
    /// - Parameters:
    ///   - what: What is being done, for the message.
    ///   - undone: Called when the transaction failed, before the next one begins.
    ///   - body: Its ``ServiceFault`` is passed on.
    /// - Returns: What `body` returns.
    /// - Throws: ``ServiceFault`` with the code `storeUnavailable`, or what `body` throws.
    func write<Value: Sendable>(
        _ what: String, undone: @escaping @Sendable () -> Void = {},
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(ServiceFault) -> Value {
        let result = await withCheckedContinuation { continuation in
            pool.asyncWrite(body) { _, result in
                if case .failure = result { undone() }
                continuation.resume(returning: result)
            }
        }
        return try Self.value(of: result, what)
    }

    func read<Value: Sendable>(
        _ what: String, _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(ServiceFault) -> Value {
        let result: Result<Value, any Error> = await withCheckedContinuation { continuation in
            pool.asyncRead { database in
                continuation.resume(returning: Result { try body(database.get()) })
            }
        }
        return try Self.value(of: result, what)
    }

    private static func value<Value>(
        of result: Result<Value, any Error>, _ what: String
    ) throws(ServiceFault) -> Value {
        do {
            return try result.get()
        } catch let fault as ServiceFault {
            throw fault
        } catch {
            throw fault("cannot \(what)", error)
        }
    }

    private static func fault(_ what: String, _ error: any Error) -> ServiceFault {
        guard let error = error as? DatabaseError else {
            return ServiceFault(.internalFault, "\(what): \(error)")
        }
        let cause = error.message ?? "SQLite error \(error.resultCode.rawValue)"
        switch error.resultCode.primaryResultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return ServiceFault(
                .storeUnavailable, "\(what): another process holds the database: \(cause)", retryAfter: 5)
        case .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_CORRUPT, .SQLITE_NOTADB,
            .SQLITE_NOMEM, .SQLITE_PERM:
            return ServiceFault(
                .storeUnavailable, "\(what): \(cause): see that its disk is writable and has room", retryAfter: 30)
        default:
            return ServiceFault(.internalFault, "\(what): \(error)")
        }
    }
}
