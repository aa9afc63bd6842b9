/// Calls remembered in memory. A counter holds no more calls than went through in the time that is kept,
/// and is forgotten when its newest is older.
public struct MemoryCounterStore: CounterStore, Sendable {
    private struct Call {
        let name: String
        let time: Int64
    }

    private var counters: [CounterKey: [Call]] = [:]
    private let keptNanoseconds: Int64
    private var untilSweep = 1024

    /// - Parameter keptSeconds: As long as the longest window of a limit.
    public init(keptSeconds: Int) {
        keptNanoseconds = Int64(keptSeconds) * 1_000_000_000
    }

    /// How many counters there are.
    var size: Int { counters.count }

    public func time(ofNewest rank: Int, in key: CounterKey) -> Int64? {
        guard let calls = counters[key], rank >= 1, rank <= calls.count else { return nil }
        return calls[calls.count - rank].time
    }

    public mutating func count(_ call: String, at time: Int64, in key: CounterKey) {
        let old = time - keptNanoseconds
        counters[key, default: []].removeAll { $0.time <= old }
        counters[key, default: []].append(Call(name: call, time: time))
        untilSweep -= 1
        guard untilSweep == 0 else { return }
        counters = counters.filter { ($0.value.last?.time ?? old) > old }
        // Each count pays for one look at one counter.
        untilSweep = max(1024, counters.count)
    }

    public mutating func giveBack(_ call: String) {
        for key in counters.keys {
            counters[key]?.removeAll { $0.name == call }
            if counters[key]?.isEmpty == true { counters[key] = nil }
        }
    }
}
