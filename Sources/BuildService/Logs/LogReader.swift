import BuildAPI
import Linux

/// The log of one attempt: every byte that the build printed, stdout and stderr in the order they came.
public final class LogReader: Sendable {
    public let attempt: Int
    private let log: JobLog

    init(_ log: JobLog, attempt: Int) {
        self.log = log
        self.attempt = attempt
    }

    /// Bytes that are there; fixed once it is complete.
    ///
    /// - Throws: ``ServiceFault`` with the code `storeUnavailable`.
    public var size: UInt64 {
        get throws(ServiceFault) {
            try tried { () throws(SystemCallError) in
                try log.log(attempt).map { log throws(SystemCallError) in try fileSize(log.number) } ?? 0
            }
        }
    }

    /// True when nothing more will come. Ask before ``size``, which is then the last.
    public var isComplete: Bool { log.view.writing != attempt && (attempt > 0 || log.view.end != nil) }

    /// Reads bytes.
    ///
    /// - Parameters:
    ///   - offset: Where to begin; beyond the end there is nothing.
    ///   - count: Bytes at most.
    /// - Returns: `count` bytes, or what there is before the end.
    /// - Throws: ``ServiceFault`` with the code `storeUnavailable`.
    public func read(at offset: UInt64, count: Int) throws(ServiceFault) -> [UInt8] {
        try tried { () throws(SystemCallError) in
            try log.log(attempt).map { log throws(SystemCallError) in
                try readBytes(log.number, at: offset, count: count)
            } ?? []
        }
    }

    private func tried<Value>(_ body: () throws(SystemCallError) -> Value) throws(ServiceFault) -> Value {
        do throws(SystemCallError) {
            return try body()
        } catch {
            throw ServiceFault(.storeUnavailable, "cannot read the log of the build \(log.id): \(error)")
        }
    }
}
