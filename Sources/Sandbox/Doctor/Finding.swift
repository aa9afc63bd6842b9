/// What `buildbox doctor` found out about one primitive or part that builds need.
public struct Finding: Encodable, Equatable, Sendable {
    public enum State: String, Encodable, Sendable {
        /// It holds.
        case good
        /// It holds with a restriction, or only something lesser in its place does.
        case limited
        /// It cannot be had here.
        case missing
    }

    public let name: String
    public let state: State
    /// Whether builds are at full strength only where this is ``State/good``. The others are advice.
    public let required: Bool
    /// What was tried, and how it went.
    public let tried: String
    /// Why it is not ``State/good``.
    public let cause: String?
    /// The narrowest thing that makes it good: a command or a setting where there is one.
    public let remedy: String?

    /// A finding that holds.
    public init(good name: String, required: Bool, tried: String) {
        self.init(name: name, state: .good, required: required, tried: tried, cause: nil, remedy: nil)
    }

    /// A finding that does not hold, or not wholly.
    public init(_ state: State, _ name: String, required: Bool, tried: String, cause: String, remedy: String) {
        self.init(name: name, state: state, required: required, tried: tried, cause: cause, remedy: remedy)
    }

    private init(name: String, state: State, required: Bool, tried: String, cause: String?, remedy: String?) {
        self.name = name
        self.state = state
        self.required = required
        self.tried = tried
        self.cause = cause
        self.remedy = remedy
    }
}
