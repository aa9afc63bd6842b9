/// Lets calls through so that no counter ever has more than `max` of them in any span of its window's
/// length: a call goes through when the one that is `max` calls back is a whole window old. All counters
/// are looked at before the first is counted, so a call that is refused costs nothing.
public enum SlidingWindows {
    /// Why there is no room.
    public struct Refusal: Equatable, Sendable {
        /// The limit that takes longest to have room again.
        public let limit: CounterLimit
        /// Until there is room in every counter of the call.
        public let nanoseconds: Int64

        /// Rounded up.
        public var retryAfterSeconds: Int { Int((nanoseconds + 999_999_999) / 1_000_000_000) }
    }

    /// Counts a call in all its counters, or in none.
    ///
    /// - Parameters:
    ///   - call: A name for giving the call back; of no other call.
    ///   - charges: What it must have room in.
    ///   - now: Nanoseconds since 1970. Where a counter has a later call, that one's time counts.
    ///   - store: Asked and written to in one step: nobody else counts meanwhile.
    /// - Returns: Why there is no room; nil once the call is counted.
    /// - Throws: What the store throws; the call is then to be denied.
    public static func admit(
        _ call: String, _ charges: [Charge], at now: Int64, in store: inout some CounterStore
    ) throws -> Refusal? {
        let now = try charges.reduce(now) { max($0, try store.time(ofNewest: 1, in: $1.key) ?? $0) }
        if let refusal = try refusal(of: charges, at: now, in: store) { return refusal }
        var counted: Set<CounterKey> = []
        for charge in charges where counted.insert(charge.key).inserted {
            try store.count(call, at: now, in: charge.key)
        }
        return nil
    }

    /// Why there is no room; nil where there is. Nothing is counted.
    public static func refusal(
        of charges: [Charge], at now: Int64, in store: some CounterStore
    ) throws -> Refusal? {
        var longest: Refusal?
        for charge in charges {
            guard let time = try store.time(ofNewest: charge.limit.max, in: charge.key) else { continue }
            let wait = time + Int64(charge.limit.windowSeconds) * 1_000_000_000 - now
            if wait > longest?.nanoseconds ?? 0 { longest = Refusal(limit: charge.limit, nanoseconds: wait) }
        }
        return longest
    }
}
