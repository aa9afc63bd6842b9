public import BuildAPI

/// Which jobs a list shows, the newest first.
public struct JobQuery: Equatable, Sendable {
    /// Nil: all states.
    public var states: Set<JobState>?
    /// For callers with the scope `admin`; another grant than the caller's own is an empty list to others.
    public var grant: String?
    /// 1 to 500.
    public var limit: Int
    /// `nextCursor` of the page before.
    public var cursor: String?

    public static let limits = 1...500

    public init(states: Set<JobState>? = nil, grant: String? = nil, limit: Int = 50, cursor: String? = nil) {
        self.states = states
        self.grant = grant
        self.limit = limit
        self.cursor = cursor
    }
}
