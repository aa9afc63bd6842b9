/// Where calls are remembered by counter: in memory for one process, in the job store's transaction
/// for a service.
public protocol CounterStore {
    /// When the call was counted that has `rank` - 1 newer ones, in nanoseconds since 1970; nil where
    /// there are fewer.
    func time(ofNewest rank: Int, in key: CounterKey) throws -> Int64?

    /// Counts a call. `time` is never before that of a call which the counter has already.
    mutating func count(_ call: String, at time: Int64, in key: CounterKey) throws

    /// Takes a call that never started out of all counters.
    mutating func giveBack(_ call: String) throws
}
