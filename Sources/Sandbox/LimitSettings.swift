/// Limits where somebody set them: a profile, or a caller. What nobody set is as ``SandboxLimits`` has it.
public struct LimitSettings: Equatable, Sendable {
    public var memoryBytes: UInt64?
    public var diskBytes: UInt64?
    public var pids: UInt64?
    public var cpus: Double?
    public var time: Duration?
    /// Time of all CPUs together.
    public var cpuTime: Duration?
    public var logBytes: UInt64?
    public var logOverflow: LogOverflow?

    /// What a limit may be: below, nothing starts; above, the kernel or the clock has no such number.
    public static let memory: ClosedRange<UInt64> = 16 << 20...1 << 52
    public static let disk: ClosedRange<UInt64> = 1 << 20...1 << 52
    public static let processes: ClosedRange<UInt64> = 8...4_194_304
    public static let processors: ClosedRange<Double> = 0.01...4096

    public init() {}
}

extension SandboxLimits {
    /// These limits, but for what is set.
    public func setting(_ settings: LimitSettings) -> SandboxLimits {
        SandboxLimits(
            memoryBytes: settings.memoryBytes ?? memoryBytes, diskBytes: settings.diskBytes ?? diskBytes,
            pids: settings.pids ?? pids, cpus: settings.cpus ?? cpus, time: settings.time ?? time,
            cpuTime: settings.cpuTime ?? cpuTime, logBytes: settings.logBytes ?? logBytes,
            logOverflow: settings.logOverflow ?? logOverflow, reportBytes: reportBytes)
    }
}

extension LimitSettings {
    /// Every limit set, to what these limits have.
    public init(_ limits: SandboxLimits) {
        self.init()
        (memoryBytes, diskBytes, pids, cpus) = (limits.memoryBytes, limits.diskBytes, limits.pids, limits.cpus)
        (time, cpuTime) = (limits.time, limits.cpuTime)
        (logBytes, logOverflow) = (limits.logBytes, limits.logOverflow)
    }
}
