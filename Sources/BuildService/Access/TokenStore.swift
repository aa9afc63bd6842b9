import BuildAPI
import Crypto
public import FoundationEssentials
import GRDB
public import SystemPackage

/// The bearer tokens of a service: `bbx_`, 16 characters of id, `_`, 32 random bytes in base64url. The store has
/// the SHA-256 of the secret. It can be used beside a running service, from another process.
public final class TokenStore: Sendable {
    private let database: AuditedDatabase
    private let clock: any ServiceClock

    init(database: AuditedDatabase, clock: any ServiceClock) {
        self.database = database
        self.clock = clock
    }

    /// Opens the tokens of $BUILDBOX_HOME, which is made where it is not there.
    ///
    /// - Throws: ``ServiceFault`` with the code `storeUnavailable`.
    public convenience init(home: FilePath, clock: any ServiceClock = SystemClock()) throws(ServiceFault) {
        let files = ServiceFiles(home: home)
        try files.prepare()
        let log = try AuditLog(path: files.audit)
        self.init(
            database: AuditedDatabase(database: try ServiceDatabase(path: files.database), log: log), clock: clock)
    }

    /// Makes a token.
    ///
    /// - Parameters:
    ///   - grant: Whose (``Principal/isGrant(_:)``).
    ///   - scopes: At least one.
    ///   - expiresAt: Nil: never.
    ///   - subject: Who makes it, for the audit log.
    /// - Returns: What is kept, and the token itself, which nobody can tell again.
    /// - Throws: ``ServiceFault`` with the codes `invalidRequest` or `storeUnavailable`.
    public func create(
        grant: String, scopes: Set<Scope>, expiresAt: Date?, by subject: String
    ) async throws(ServiceFault) -> (token: Token, secret: String) {
        guard Principal.isGrant(grant) else {
            throw ServiceFault(
                .invalidRequest,
                "\(grant) cannot be a grant's name: 1 to 128 letters, digits and - _ . : @ / can")
        }
        guard !scopes.isEmpty else {
            throw ServiceFault(.invalidRequest, "a token without a scope is of no use: name one")
        }
        let now = clock.now.wholeMilliseconds
        if let expiresAt, expiresAt <= now {
            throw ServiceFault(.invalidRequest, "the token would have expired already")
        }
        let id = TokenText.newID()
        let secret = Array(SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) })
        let token = Token(
            id: id, grant: grant, scopes: scopes, createdAt: now, expiresAt: expiresAt?.wholeMilliseconds)
        try await database.write("make a token") { database, audit in
            try database.execute(
                sql:
                    "INSERT INTO token (id, owner, scopes, secret_hash, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [
                    id, grant, Self.text(scopes), Data(SHA256.hash(data: secret)), now.milliseconds,
                    expiresAt?.milliseconds,
                ])
            let event = AuditEvent(
                .tokenCreated, grant: grant, subject: subject, decision: .allowed,
                details: ["token": id, "scopes": Self.text(scopes)])
            try audit.note(event, at: now, database)
        }
        return (token, TokenText(id: id, secret: secret).description)
    }

    /// All tokens, the newest first, revoked and expired ones too.
    public func list() async throws(ServiceFault) -> [Token] {
        try await database.read("list the tokens") { database in
            try Row.fetchAll(database, sql: "SELECT * FROM token ORDER BY created_at DESC, id").map(Self.token)
        }
    }

    /// Makes a token worthless, at once and for ever.
    ///
    /// - Returns: The token; one that was revoked before stays as it was.
    /// - Throws: ``ServiceFault`` with the code `notFound`.
    @discardableResult
    public func revoke(_ id: String, by subject: String) async throws(ServiceFault) -> Token {
        let now = clock.now.wholeMilliseconds
        return try await database.write("revoke the token \(id)") { database, audit in
            let sql = "SELECT * FROM token WHERE id = ?"
            guard let row = try Row.fetchOne(database, sql: sql, arguments: [id]) else {
                throw ServiceFault(.notFound, "there is no token \(id): buildbox token list shows those that there are")
            }
            var token = try Self.token(row)
            guard token.revokedAt == nil else { return token }
            token.revokedAt = now
            try database.execute(
                sql: "UPDATE token SET revoked_at = ? WHERE id = ?", arguments: [now.milliseconds, id])
            let event = AuditEvent(
                .tokenRevoked, grant: token.grant, subject: subject, decision: .allowed, details: ["token": id])
            try audit.note(event, at: now, database)
            return token
        }
    }

    /// Whether there is any token that is neither revoked nor expired.
    public func hasTokens() async throws(ServiceFault) -> Bool {
        let now = clock.now.milliseconds
        return try await database.read("look for tokens") { database in
            let sql = """
                SELECT EXISTS (SELECT 1 FROM token WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?))
                """
            return try Bool.fetchOne(database, sql: sql, arguments: [now]) ?? false
        }
    }

    /// Who a token stands for.
    ///
    /// - Parameter text: The token as it was sent.
    /// - Returns: The token's grant and scopes; the subject is its id.
    /// - Throws: ``ServiceFault`` with the code `unauthenticated`, in the same words whatever is wrong with it, or
    ///   `storeUnavailable`.
    public func authenticate(_ text: String) async throws(ServiceFault) -> Principal {
        let refusal = ServiceFault(
            .unauthenticated, "the token is none of this service's, or it was revoked or has expired: ask for a new one"
        )
        guard let sent = TokenText(text) else { throw refusal }
        let now = clock.now
        let found = try await database.read("look up the token \(sent.id)") { database in
            try Row.fetchOne(database, sql: "SELECT * FROM token WHERE id = ?", arguments: [sent.id]).map { row in
                (token: try Self.token(row), hash: row["secret_hash"] as Data, day: row["used_day"] as Int64?)
            }
        }
        // An unknown id costs what a known one does.
        let kept = found.map { Array($0.hash) } ?? [UInt8](repeating: 0, count: 32)
        guard Self.isSame(kept, Array(SHA256.hash(data: sent.secret))), let (token, _, usedDay) = found,
            token.revokedAt == nil, token.expiresAt.map({ $0 > now }) ?? true
        else { throw refusal }
        let day = now.milliseconds / 86_400_000
        if usedDay != day { try await use(token.id, on: day) }
        return Principal(grant: token.grant, subject: "token:\(token.id)", scopes: token.scopes)
    }

    private func use(_ id: String, on day: Int64) async throws(ServiceFault) {
        do throws(ServiceFault) {
            try await database.write("write down the use of the token \(id)") { database, _ in
                try database.execute(sql: "UPDATE token SET used_day = ? WHERE id = ?", arguments: [day, id])
            }
        } catch {
            // A disk that is full does not keep anybody from reading: the day is written another time.
            guard error.code == .storeUnavailable else { throw error }
        }
    }

    /// In a time that does not depend on where they differ.
    private static func isSame(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func text(_ scopes: Set<Scope>) -> String { scopes.sorted().map(\.rawValue).joined(separator: ",") }

    private static func token(_ row: Row) throws -> Token {
        let scopes = (row["scopes"] as String).split(separator: ",").compactMap { Scope(rawValue: String($0)) }
        return Token(
            id: row["id"], grant: row["owner"], scopes: Set(scopes), createdAt: Date(milliseconds: row["created_at"]),
            expiresAt: (row["expires_at"] as Int64?).map { Date(milliseconds: $0) },
            revokedAt: (row["revoked_at"] as Int64?).map { Date(milliseconds: $0) },
            lastUsedAt: (row["used_day"] as Int64?).map { Date(milliseconds: $0 * 86_400_000) })
    }
}
