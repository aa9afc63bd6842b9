public import Sandbox

/// What happens while a build runs, in order.
public enum BuildEvent: Sendable {
    case phaseStarted(Phase)
    case phaseEnded(PhaseReport)
    /// Bytes that the build printed. Hostile: not for a terminal as they are.
    case log(LogStream, [UInt8])
    /// A remark of buildbox's own.
    case note(String)
}
