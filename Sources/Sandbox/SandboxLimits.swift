import SandboxProtocol

/// What a command and everything it starts may use together.
public struct SandboxLimits: Equatable, Sendable {
    /// Bytes of memory; files that it writes count as disk.
    public var memoryBytes: UInt64
    /// Bytes of all files that it writes, wherever it writes them.
    public var diskBytes: UInt64
    /// Files and folders that it makes. Each costs about 1 KiB of kernel memory beside its content.
    public var diskInodes: UInt64 { max(16_384, diskBytes / 4096) }
    /// Processes and threads.
    public var pids: UInt64
    /// CPUs, 0.01 and up.
    public var cpus: Double
    /// Wall-clock time.
    public var time: Duration
    /// CPU time of all processes together; nil is as much as fits into `time` on `cpus`.
    public var cpuTime: Duration?
    /// Bytes printed on stdout and stderr together.
    public var logBytes: UInt64
    /// What happens when more is printed.
    public var logOverflow: LogOverflow
    /// Bytes that may be written to the report descriptor.
    public var reportBytes: UInt64

    public init(
        memoryBytes: UInt64 = 2 << 30, diskBytes: UInt64 = 2 << 30, pids: UInt64 = 512, cpus: Double = 2,
        time: Duration = .seconds(300), cpuTime: Duration? = nil, logBytes: UInt64 = 16 << 20,
        logOverflow: LogOverflow = .stop, reportBytes: UInt64 = 4 << 20
    ) {
        self.memoryBytes = memoryBytes
        self.diskBytes = diskBytes
        self.pids = pids
        self.cpus = cpus
        self.time = time
        self.cpuTime = cpuTime
        self.logBytes = logBytes
        self.logOverflow = logOverflow
        self.reportBytes = reportBytes
    }

    /// CPU time of all processes together, in milliseconds. Where nobody sets it, the clock is what stops a run.
    var cpuTimeMilliseconds: UInt64 {
        UInt64((cpuTime ?? time * cpus + .seconds(1)) / .milliseconds(1))
    }

    var launchLimits: LaunchLimits {
        LaunchLimits(
            memoryBytes: memoryBytes, scratchBytes: diskBytes, scratchInodes: diskInodes, pids: pids,
            cpuMillis: max(10, UInt64(cpus * 1000)), cpuTimeMilliseconds: cpuTimeMilliseconds,
            wallMilliseconds: UInt64(time / .milliseconds(1)),
            openFiles: 4096, fileBytes: diskBytes)
    }
}
