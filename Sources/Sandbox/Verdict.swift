/// How a command ended, from the launcher's account; nothing it printed has a say.
public enum Verdict: Equatable, Sendable {
    /// It exited by itself with this code.
    case exited(code: Int32)
    /// It was ended by a signal that buildbox did not send.
    case signalled(Int32)
    /// Its tree was killed at a limit.
    case stopped(LimitHit)
    /// Its tree was killed because the caller wanted it.
    case cancelled

    public var succeeded: Bool { self == .exited(code: 0) }
}
