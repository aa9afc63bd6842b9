import CoreMetrics
import Synchronization

/// One series of a metric: a value, or a histogram.
final class PrometheusSeries: CounterHandler, FloatingPointCounterHandler, MeterHandler, RecorderHandler,
    TimerHandler
{
    struct Values: Sendable {
        /// The value itself; of a histogram, the sum of what was recorded.
        var sum = 0.0
        /// How many values fell into each bucket, the last being unbounded.
        var counts: [UInt64]
    }

    private let bounds: [Double]
    private let values: Mutex<Values>

    /// - Parameter buckets: Empty for what is no histogram.
    init(buckets: [Double]) {
        bounds = buckets
        values = Mutex(Values(counts: buckets.isEmpty ? [] : Array(repeating: 0, count: buckets.count + 1)))
    }

    var snapshot: Values { values.withLock { $0 } }

    func increment(by amount: Int64) { increment(by: Double(amount)) }
    func increment(by amount: Double) { values.withLock { $0.sum += amount } }
    func decrement(by amount: Double) { values.withLock { $0.sum -= amount } }
    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { values.withLock { $0.sum = value } }
    func record(_ value: Int64) { record(Double(value)) }
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    func record(_ value: Double) {
        guard !bounds.isEmpty else { return set(value) }
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        values.withLock { values in
            values.sum += value
            values.counts[bucket] += 1
        }
    }

    func reset() {
        values.withLock { $0 = Values(counts: Array(repeating: 0, count: $0.counts.count)) }
    }
}
