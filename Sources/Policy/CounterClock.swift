import Glibc

/// The time that calls are counted by: nanoseconds since 1970, never going back.
///
/// A wall clock can be set while a service runs, which would empty counters or shut them for as long.
/// So the wall clock is asked once, at the start; from there on CLOCK_BOOTTIME counts, which nobody sets
/// and which goes on while the machine sleeps (clock_gettime(2)). A start is never before the newest call
/// that a store remembers: a wall clock that was set back between two runs costs callers no more than one
/// window. One that was set forward lets counters go early; nothing on the machine could tell.
public struct CounterClock: Sendable {
    private let offset: Int64
    private let elapsed: @Sendable () -> Int64

    /// - Parameter newest: The time of the newest call that is remembered.
    public init(notBefore newest: Int64?) {
        self.init(wall: Self.time(CLOCK_REALTIME), notBefore: newest) { Self.time(CLOCK_BOOTTIME) }
    }

    init(wall: Int64, notBefore newest: Int64?, elapsed: @escaping @Sendable () -> Int64) {
        offset = max(wall, newest ?? wall) - elapsed()
        self.elapsed = elapsed
    }

    public func now() -> Int64 { offset + elapsed() }

    private static func time(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
