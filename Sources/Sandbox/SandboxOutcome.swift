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
}
