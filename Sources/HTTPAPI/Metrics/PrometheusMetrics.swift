public import CoreMetrics
import Synchronization

/// Keeps what swift-metrics is told, and shows it as Prometheus' text format 0.0.4. The room's users bootstrap
/// swift-metrics with it; `/metrics` shows it.
///
/// Counters and gauges are what they are. Timers are histograms in seconds, recorders that aggregate histograms of
/// their values. A metric keeps its value when the object that reported it goes.
public final class PrometheusMetrics: MetricsFactory {
    private struct State {
        /// By the metric's name, then by its rendered labels.
        var families: [String: PrometheusFamily] = [:]
        var series = 0
    }

    private let state = Mutex(State())
    /// Label values come from requests at places: more series than these are not kept.
    private let mostSeries: Int

    public init(mostSeries: Int = 4096) {
        self.mostSeries = mostSeries
    }

    /// Everything that is known, families sorted by name.
    public var text: String {
        let families = state.withLock { $0.families.sorted { $0.key < $1.key } }
        return families.map { $0.value.text(name: $0.key) }.joined()
    }

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions, kind: .counter)
    }

    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        series(label, dimensions, kind: .counter)
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions, kind: .gauge)
    }

    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        series(label, dimensions, kind: aggregate ? .histogram(PrometheusFamily.countBuckets) : .gauge)
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        let name = label.hasSuffix("_seconds") ? label : label + "_seconds"
        return series(name, dimensions, kind: .histogram(PrometheusFamily.secondBuckets))
    }

    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    public func destroyMeter(_ handler: any MeterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}

    private func series(
        _ label: String, _ dimensions: [(String, String)], kind: PrometheusFamily.Kind
    ) -> PrometheusSeries {
        let name = PrometheusFamily.metricName(label)
        let labels = PrometheusFamily.labels(dimensions)
        return state.withLock { state in
            if let known = state.families[name]?.series[labels] { return known }
            let family = state.families[name] ?? PrometheusFamily(kind: kind)
            let series = PrometheusSeries(buckets: family.kind.buckets)
            guard state.series < mostSeries else { return series }
            state.series += 1
            state.families[name] = family.adding(series, labels: labels)
            return series
        }
    }
}
