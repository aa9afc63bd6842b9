public import Sandbox

/// What happens while a build runs, in order.
public enum BuildEvent: Sendable {
    case phaseStarted(Phase)
    /// With its duration.
    case phaseEnded(PhaseReport)
    /// A contained command of the current phase ended. The launcher took this long from its order until the
    /// command ran.
    case launched(Duration)
    /// An environment is ready; its `cache` says whether it had to be made. A build may take several.
    case environment(EnvironmentReport)
    /// Bytes that the build printed. Hostile: not for a terminal as they are.
    case log(LogStream, [UInt8])
    /// A remark of buildbox's own.
    case note(String)
}
