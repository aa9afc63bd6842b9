import Synchronization

/// Counters of one process, for callers at the same time: what `run` and `mcp` over stdio count with.
public final class CounterLedger: Sendable {
    private let store: Mutex<MemoryCounterStore>
    private let clock: CounterClock

    /// - Parameters:
    ///   - keptSeconds: As long as the longest window of a limit.
    ///   - clock: What time it is.
    public init(keptSeconds: Int, clock: CounterClock = CounterClock(notBefore: nil)) {
        store = Mutex(MemoryCounterStore(keptSeconds: keptSeconds))
        self.clock = clock
    }

    /// Counts a call that a policy allowed; the decision stays, or becomes a denial where there is no room.
    public func admit(_ call: String, _ decision: Decision) -> Decision {
        store.withLock { store in
            // The time is asked inside, so that the order of times is the order of calls.
            let now = clock.now()
            do {
                guard let refusal = try SlidingWindows.admit(call, decision.charges, at: now, in: &store) else {
                    return decision
                }
                return decision.denied(by: refusal)
            } catch {
                return decision.denied(byFault: "\(error)")
            }
        }
    }

    /// Takes back the counts of a call that never started.
    public func giveBack(_ call: String) {
        store.withLock { $0.giveBack(call) }
    }
}
