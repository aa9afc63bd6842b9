/// What became of a connection through the proxy.
public enum EgressVerdict: Equatable, Sendable {
    /// It was let through, and ended by one of its ends.
    case passed
    /// It was not let through: the policy does not have it, or its addresses are forbidden.
    case refused(String)
    /// It could not be made, or broke: no address, no connection, an upstream proxy that refused.
    case failed(String)
    /// A limit ended it.
    case stopped(String)

    /// For results: one word.
    public var name: String {
        switch self {
        case .passed: "passed"
        case .refused: "refused"
        case .failed: "failed"
        case .stopped: "stopped"
        }
    }

    /// What happened, where it did not pass.
    public var cause: String? {
        switch self {
        case .passed: nil
        case .refused(let cause), .failed(let cause), .stopped(let cause): cause
        }
    }
}
