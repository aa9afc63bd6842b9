public import BuildAPI
public import FoundationEssentials
public import PythonBuild
public import Sandbox

/// One event of a job, as front doors read it. Sequences count from 1 without gaps, over all attempts.
public struct JobEvent: Equatable, Sendable {
    public enum Kind: Equatable, Sendable {
        /// Bytes that the build printed, exactly; hostile. `offset` is where they begin in the attempt's log.
        case log(LogStream, offset: UInt64, bytes: [UInt8])
        case state(JobState)
        case phase(Phase, EventDocument.PhaseEvent.Status, durationMs: UInt64?)
        /// A remark of buildbox's own; it may quote what a project is called.
        case note(String)
        /// The last one.
        case end(JobState, exitCode: Int32)
    }

    public var sequence: UInt64
    /// 0 before the first.
    public var attempt: Int
    public var time: Date
    public var kind: Kind

    public init(sequence: UInt64, attempt: Int, time: Date, kind: Kind) {
        self.sequence = sequence
        self.attempt = attempt
        self.time = time
        self.kind = kind
    }
}
