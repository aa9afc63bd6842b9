import FoundationEssentials
import GRDB
import Synchronization

/// The lines that one transaction has put into the audit log. They are on the disk before it is committed, so that
/// nothing is done that is not told; where it fails after all, a further line takes them back.
final class AuditTransaction: Sendable {
    private let log: AuditLog
    private let lines = Mutex<[UInt64]>([])

    init(_ log: AuditLog) {
        self.log = log
    }

    /// Tells something that the transaction does, and keeps the new head in it.
    func note(_ event: AuditEvent, at time: Date, _ database: Database) throws {
        let head = try log.append(event, at: time, durable: true)
        lines.withLock { $0.append(head.sequence) }
        try head.store(database)
    }

    /// The transaction failed.
    func takeBack() {
        let lines = lines.withLock { $0 }
        guard !lines.isEmpty else { return }
        // Where not even that can be written, the next start finds the lines beyond what the database knows.
        _ = Result { try log.append(.notDone(lines), at: Date(), durable: false) }
    }
}

extension AuditEvent {
    /// Takes back lines by their numbers.
    static func notDone(_ lines: [UInt64]) -> AuditEvent {
        AuditEvent(.notDone, details: ["lines": lines.map(String.init).joined(separator: " ")])
    }

    /// Whether it tells what a transaction did, which a crash may have prevented.
    static func isTransactional(_ record: AuditRecord) -> Bool {
        guard record.decision != .refused else { return false }
        return switch record.event {
        case .admission, .approval, .cancel, .retry, .delete, .attemptLost, .end, .upload, .tokenCreated, .tokenRevoked:
            true
        case .serviceStarted, .serviceStopped, .call, .authenticationRefused, .healed, .notDone: false
        }
    }
}
