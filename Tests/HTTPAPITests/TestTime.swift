import Synchronization

/// A clock that stands still until it is told to pass, and a count.
final class TestTime: Sendable {
    private let state = Mutex((now: ContinuousClock.now, calls: 0))

    var now: ContinuousClock.Instant { state.withLock { $0.now } }
    var calls: Int { state.withLock { $0.calls } }

    func pass(_ duration: Duration) { state.withLock { $0.now += duration } }
    func count() { state.withLock { $0.calls += 1 } }
}
