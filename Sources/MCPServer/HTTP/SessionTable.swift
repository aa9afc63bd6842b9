import BuildService
import Linux
import Synchronization

/// The sessions that there are. Bounded: the one that was not used for longest makes room, its grant's first.
final class SessionTable: Sendable {
    private struct Entry {
        let session: Session
        var used: UInt64
    }

    static let most = 1024
    static let mostPerGrant = 64
    /// Nanoseconds without a request after which a session is over.
    private static let life: UInt64 = 3600 * 1_000_000_000

    private let entries = Mutex<[String: Entry]>([:])

    func open(_ revision: Revision, for principal: Principal) -> Session {
        let session = Session(id: Self.newID(), grant: principal.grant, revision: revision)
        let now = monotonicNanoseconds()
        entries.withLock { entries in
            entries = entries.filter { now - $0.value.used < Self.life || !$0.value.session.isIdle }
            let own = entries.values.filter { $0.session.grant == principal.grant }
            if own.count >= Self.mostPerGrant { Self.removeOldest(of: own, from: &entries) }
            if entries.count >= Self.most { Self.removeOldest(of: Array(entries.values), from: &entries) }
            entries[session.id] = Entry(session: session, used: now)
        }
        return session
    }

    /// Nil for a session that is not there, and for one of another grant.
    func session(_ id: String, for principal: Principal) -> Session? {
        entries.withLock { entries in
            guard var entry = entries[id], entry.session.grant == principal.grant else { return nil }
            entry.used = monotonicNanoseconds()
            entries[id] = entry
            return entry.session
        }
    }

    /// - Returns: Whether there was one.
    func close(_ id: String, for principal: Principal) -> Bool {
        guard session(id, for: principal) != nil else { return false }
        return entries.withLock { $0.removeValue(forKey: id) } != nil
    }

    private static func removeOldest(of candidates: [Entry], from entries: inout [String: Entry]) {
        if let oldest = candidates.min(by: { $0.used < $1.used }) { entries[oldest.session.id] = nil }
    }

    /// 128 random bits (getrandom(2)).
    private static func newID() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<2).map { _ in
            let digits = String(generator.next(), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
