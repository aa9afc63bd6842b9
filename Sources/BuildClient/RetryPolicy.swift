/// How long a client goes on when a server cannot be reached, and how often it tries.
public struct RetryPolicy: Sendable {
    /// How long it goes on since something last went well.
    public var patience: Duration
    /// The same, for a server that was not reached yet: a wrong address should not take long to be told.
    public var firstPatience: Duration
    /// The pause after the first failure; each further one is twice as long.
    public var firstPause: Duration
    public var longestPause: Duration

    public init(
        patience: Duration = .seconds(60), firstPatience: Duration = .zero, firstPause: Duration = .milliseconds(250),
        longestPause: Duration = .seconds(5)
    ) {
        self.patience = patience
        self.firstPatience = firstPatience
        self.firstPause = firstPause
        self.longestPause = longestPause
    }

    /// How long to wait before the next try.
    ///
    /// - Parameter failures: In a row, from 1.
    /// - Returns: Twice as long with each, up to the longest.
    func pause(after failures: Int) -> Duration {
        min(longestPause, firstPause * (1 << min(failures - 1, 16)))
    }
}
