/// Why a run's tree was killed.
public enum StopReason: UInt8, Sendable, WireEnumeration {
    /// Wall-clock milliseconds.
    case time
    /// Bytes of memory, scratch files not counted.
    case memory
    /// Processes and threads.
    case pids
    /// Bytes in the scratch file system.
    case disk
    /// Files and folders in the scratch file system.
    case inodes
    /// Milliseconds of CPU time.
    case cpuTime
    /// The supervisor asked for it, or went away.
    case cancelled

    public static let wireName = "stop reason"
}
