public import SandboxProtocol

/// All that is known of a command that ran.
public struct SandboxOutcome: Sendable {
    public var verdict: Verdict
    public var usage: RunUsage
    /// Bytes printed and passed on.
    public var logBytes: UInt64
    /// Bytes printed beyond the limit and thrown away.
    public var logDroppedBytes: UInt64
    /// The layers that stood around the command.
    public var layers: LayerSet
    /// Layers that were allowed to be missing, and were.
    public var missing: LayerSet
    /// What the command wrote to its report descriptor. Hostile wherever project code ran.
    public var report: [UInt8]
    /// The request's output folder, readable now that every process is dead.
    public var output: OutputFolder?
    /// How long the launcher's stages took.
    public var timings: [StepTiming]

    /// How long it took from the launcher's order until the command ran: its stages up to the clone, and those
    /// of PID 1 up to the command's start. What the launcher does beside PID 1 meanwhile is no part of it.
    public var launch: Duration {
        var nanoseconds: UInt64 = 0
        var rest = timings[...]
        for last in [LaunchStep.spawn, .clone] {
            let stage = rest.prefix { $0.step != last }
            rest = rest.dropFirst(stage.count)
            nanoseconds += stage.reduce(0) { $0 + $1.nanoseconds } + (rest.popFirst()?.nanoseconds ?? 0)
        }
        return .nanoseconds(nanoseconds)
    }
}
