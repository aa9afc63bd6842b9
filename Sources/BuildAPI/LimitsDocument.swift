/// Limits of each phase of a build. What is left out is as the profile has it; what is above the
/// operator's largest is refused.
public struct LimitsDocument: Codable, Equatable, Sendable {
    public var timeMs: UInt64?
    public var cpuTimeMs: UInt64?
    public var memoryBytes: UInt64?
    public var diskBytes: UInt64?
    public var pids: UInt64?
    public var cpus: Double?
    public var logBytes: UInt64?
    /// `stop` or `trim`.
    public var onLogLimit: String?

    public init() {}
}
