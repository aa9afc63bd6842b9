/// The log of one attempt: every byte that the build printed, stdout and stderr in the order they came.
public final class LogReader: Sendable {
    public let attempt: Int
    /// Bytes that are there; fixed once it is complete.
    public var size: UInt64 { 0 }
    /// True when nothing more will come.
    public var isComplete: Bool { true }

    init(attempt: Int) { self.attempt = attempt }

    /// Reads bytes.
    ///
    /// - Returns: `count` bytes, or what there is before the end.
    /// - Throws: ``ServiceFault`` with the code `storeUnavailable`.
    public func read(at offset: UInt64, count: Int) throws(ServiceFault) -> [UInt8] { [] }
}
