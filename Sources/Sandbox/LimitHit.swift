/// A limit that was reached.
public struct LimitHit: Equatable, Sendable {
    public enum Kind: String, Sendable, Codable {
        /// Milliseconds of wall-clock time.
        case time
        /// Milliseconds of CPU time.
        case cpuTime = "cpu-time"
        /// Bytes.
        case memory
        /// Processes and threads.
        case pids
        /// Bytes of files.
        case disk
        /// Files and folders.
        case inodes
        /// Bytes printed.
        case log
        /// Milliseconds of wall-clock time of a whole run of several commands: its caller's clock.
        case runTime = "run-time"
    }

    public var kind: Kind
    /// The limit in the kind's unit.
    public var limit: UInt64
    /// What was seen when it was hit, in the same unit.
    public var observed: UInt64

    public init(kind: Kind, limit: UInt64, observed: UInt64) {
        self.kind = kind
        self.limit = limit
        self.observed = observed
    }
}
