import BuildAPI
import CLinux
import FoundationEssentials
import Glibc
import Linux
import SystemPackage

/// Follows the chain of an audit log, a line at a time.
struct AuditCheck {
    private var head = AuditHead.empty
    private var line = 0
    /// The head that the database knows, until it was seen.
    private var wanted: AuditHead?
    private var fault: AuditReport.Fault?

    /// - Parameters:
    ///   - file: The log; one that is not there has no lines.
    ///   - head: What the database knows; nil when it knows of no line.
    /// - Returns: How far it hangs together.
    /// - Throws: ``ServiceFault`` when it cannot be read.
    static func check(_ file: FilePath, head: AuditHead?) throws(ServiceFault) -> AuditReport {
        var check = AuditCheck()
        check.wanted = head
        do throws(SystemCallError) {
            try check.read(file)
        } catch {
            guard error.code == ENOENT else {
                throw ServiceFault(.storeUnavailable, "cannot read the audit log \(file): \(error)")
            }
        }
        return check.report()
    }

    private mutating func read(_ path: FilePath) throws(SystemCallError) {
        let file = OwnedDescriptor(owning: try system { clinux_open(path.string, O_RDONLY, 0) })
        var rest: [UInt8] = []
        var offset: UInt64 = 0
        while fault == nil {
            let bytes = try readBytes(file.number, at: offset, count: 256 << 10)
            if bytes.isEmpty { break }
            offset += UInt64(bytes.count)
            rest += bytes
            while fault == nil, let feed = rest.firstIndex(of: UInt8(ascii: "\n")) {
                take(rest[..<feed])
                rest.removeSubrange(...feed)
            }
        }
        if fault == nil, !rest.isEmpty {
            line += 1
            refuse(
                "the last line is torn: \(rest.count) bytes without a line feed. The service cuts it off when it next starts"
            )
        }
    }

    private mutating func take(_ bytes: ArraySlice<UInt8>) {
        line += 1
        guard let (record, hash) = AuditLine.read(bytes) else {
            return refuse("the line is not what its hash was made of")
        }
        guard record.seq == head.sequence + 1 else {
            return refuse(
                "it has the number \(record.seq) where \(head.sequence + 1) is next: lines are missing or were moved")
        }
        guard record.previous == head.hash else {
            return refuse("it does not follow from the line before it")
        }
        head = AuditHead(sequence: record.seq, hash: hash)
        guard let wanted, wanted.sequence == record.seq else { return }
        if wanted.hash == hash {
            self.wanted = nil
        } else {
            refuse("it is not the line that the database knows under its number")
        }
    }

    private mutating func refuse(_ reason: String) {
        fault = AuditReport.Fault(line: line, reason: reason)
    }

    private func report() -> AuditReport {
        var report = AuditReport(
            records: head.sequence, head: head.sequence > 0 ? head.hash : nil, fault: fault)
        if fault == nil, let wanted {
            report.fault = AuditReport.Fault(
                line: line + 1,
                reason:
                    "the log ends at \(head.sequence), but the database knows of \(wanted.sequence) lines: its end was cut off"
            )
        }
        return report
    }
}
