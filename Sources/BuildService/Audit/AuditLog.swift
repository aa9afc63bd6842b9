import BuildAPI
import CLinux
import FoundationEssentials
import GRDB
import Glibc
import Linux
import Synchronization
public import SystemPackage

/// The audit log: JSON lines, each with the SHA-256 of the one before. Several processes may append. What a crash tore
/// is cut off, and a line says so.
public final class AuditLog: Sendable {
    private struct State {
        var head = AuditHead.empty
        /// The file's size when `head` was its last line; nil before the first look.
        var size: UInt64?
    }

    let path: FilePath
    private let file: OwnedDescriptor
    private let state = Mutex(State())

    /// Bytes of a line at most: values that are longer are cut.
    static let longestValue = 1024

    init(path: FilePath) throws(ServiceFault) {
        self.path = path
        do throws(SystemCallError) {
            file = OwnedDescriptor(
                owning: try system { clinux_open(path.string, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW, 0o600) })
        } catch {
            throw ServiceFault(.storeUnavailable, "cannot open the audit log \(path): \(error)")
        }
    }

    /// Appends a line.
    ///
    /// - Parameters:
    ///   - event: What it tells.
    ///   - time: When that was.
    ///   - durable: It is on the disk when this returns.
    /// - Returns: The new head, for the database.
    /// - Throws: ``ServiceFault`` with the code `storeUnavailable`; then nothing was appended.
    @discardableResult
    func append(_ event: AuditEvent, at time: Date, durable: Bool) throws(ServiceFault) -> AuditHead {
        let result = state.withLock { state in
            Result { () throws(SystemCallError) in
                try system { flock(file.number, LOCK_EX) }
                defer { flock(file.number, LOCK_UN) }
                var size = try fileSize(file.number)
                if state.size != size {
                    let torn = try takeStock(&state, size: size)
                    size = try fileSize(file.number)
                    if torn > 0 {
                        let healed = AuditEvent(.healed, details: ["torn_bytes": "\(torn)"])
                        size = try write(healed, at: time, after: size, &state)
                    }
                }
                _ = try write(event, at: time, after: size, &state)
                if durable { try system { fdatasync(file.number) } }
                return state.head
            }
        }
        switch result {
        case .success(let head): return head
        case .failure(let error):
            throw ServiceFault(
                .storeUnavailable, "cannot write to the audit log \(path), so nothing is decided: \(error)",
                retryAfter: 30)
        }
    }

    /// The records behind a number, oldest first.
    func records(after sequence: UInt64) throws(ServiceFault) -> [AuditRecord] {
        do throws(SystemCallError) {
            let size = try fileSize(file.number)
            var length: UInt64 = 64 << 10
            while true {
                let begin = size - min(size, length)
                let bytes = try readBytes(file.number, at: begin, count: Int(size - begin))
                let records = bytes.split(separator: UInt8(ascii: "\n")).compactMap { AuditLine.read($0)?.record }
                if begin == 0 || (records.first.map { $0.seq <= sequence } ?? false) {
                    return records.filter { $0.seq > sequence }
                }
                length *= 8
            }
        } catch {
            throw ServiceFault(.storeUnavailable, "cannot read the audit log \(path): \(error)")
        }
    }

    private func write(
        _ event: AuditEvent, at time: Date, after size: UInt64, _ state: inout State
    ) throws(SystemCallError) -> UInt64 {
        let record = AuditRecord(
            event.bounded(to: Self.longestValue), sequence: state.head.sequence + 1, time: time,
            previous: state.head.hash)
        let (bytes, hash) = AuditLine.line(record)
        do throws(SystemCallError) {
            try writeBytes(bytes, to: file.number)
        } catch {
            // Half a line must not stay: the next one would not be a line either.
            ftruncate(file.number, off_t(size))
            throw error
        }
        state.head = AuditHead(sequence: record.seq, hash: hash)
        let grown = size + UInt64(bytes.count)
        state.size = grown
        return grown
    }

    /// Finds the last whole line, cuts off what is behind it, and says how many bytes that was.
    private func takeStock(_ state: inout State, size: UInt64) throws(SystemCallError) -> UInt64 {
        var end = size
        while end > 0 {
            let begin = end - min(end, 64 << 10)
            let bytes = try readBytes(file.number, at: begin, count: Int(end - begin))
            guard let feed = bytes.lastIndex(of: UInt8(ascii: "\n")) else {
                end = begin
                continue
            }
            let lineEnd = begin + UInt64(feed)
            let from = lineEnd - min(lineEnd, 64 << 10)
            let tail = try readBytes(file.number, at: from, count: Int(lineEnd - from))
            let line = tail.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).last ?? []
            if let (record, hash) = AuditLine.read(line) {
                state.head = AuditHead(sequence: record.seq, hash: hash)
            }
            end = lineEnd + 1
            break
        }
        if end == 0 { state.head = .empty }
        if end < size { try system { ftruncate(file.number, off_t(end)) } }
        state.size = end
        return size - end
    }

    /// Checks a log from its first line to its last: that each line follows from the one before, and that the
    /// head that the database knows is among them, so that a cut tail is seen.
    ///
    /// - Parameter home: $BUILDBOX_HOME.
    /// - Returns: How far the log hangs together.
    /// - Throws: ``ServiceFault`` when log or database cannot be read.
    public static func verify(home: FilePath) async throws(ServiceFault) -> AuditReport {
        let files = ServiceFiles(home: home)
        // The database first: the log only ever grows beyond it.
        let head = try await ServiceDatabase(path: files.database).read("read the audit log's head") {
            try AuditHead.fetch($0)
        }
        return try AuditCheck.check(files.audit, head: head)
    }
}

extension AuditEvent {
    /// With values that somebody else may have chosen cut to a length.
    fileprivate func bounded(to length: Int) -> AuditEvent {
        func cut(_ text: String?) -> String? {
            text.map { $0.utf8.count > length ? String($0.prefix(length / 4)) + "…" : $0 }
        }
        var event = self
        event.grant = cut(grant)
        event.subject = cut(subject)
        event.job = cut(job)
        event.reason = cut(reason)
        event.details = details.compactMapValues(cut)
        return event
    }
}
