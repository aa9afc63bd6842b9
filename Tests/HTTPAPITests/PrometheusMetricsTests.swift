import CoreMetrics
import Testing

@testable import HTTPAPI

@Suite struct PrometheusMetricsTests {
    @Test func countersAndGaugesAreShownWithTheirLabels() {
        let metrics = PrometheusMetrics()
        let counter = metrics.makeCounter(label: "a_total", dimensions: [("b", "x"), ("a", "y")])
        counter.increment(by: 2)
        metrics.makeCounter(label: "a_total", dimensions: [("a", "y"), ("b", "x")]).increment(by: 1)
        metrics.makeRecorder(label: "depth", dimensions: [], aggregate: false).record(Int64(7))
        metrics.makeMeter(label: "load", dimensions: []).set(0.5)
        #expect(
            metrics.text == """
                # TYPE a_total counter
                a_total{a="y",b="x"} 3
                # TYPE depth gauge
                depth 7
                # TYPE load gauge
                load 0.5

                """)
    }

    @Test func timersAreHistogramsInSeconds() {
        let metrics = PrometheusMetrics()
        let timer = metrics.makeTimer(label: "wait", dimensions: [("k", "v")])
        for nanoseconds in [1_000_000, 3_000_000, 7_200_000_000_000] as [Int64] { timer.recordNanoseconds(nanoseconds) }
        let lines = metrics.text.split(separator: "\n")
        #expect(lines.first == "# TYPE wait_seconds histogram")
        #expect(lines.contains("wait_seconds_bucket{k=\"v\",le=\"0.001\"} 1"))
        #expect(lines.contains("wait_seconds_bucket{k=\"v\",le=\"0.005\"} 2"))
        #expect(lines.contains("wait_seconds_bucket{k=\"v\",le=\"3600\"} 2"))
        #expect(lines.contains("wait_seconds_bucket{k=\"v\",le=\"+Inf\"} 3"))
        #expect(lines.contains("wait_seconds_count{k=\"v\"} 3"))
        #expect(lines.contains("wait_seconds_sum{k=\"v\"} 7200.004"))
    }

    @Test func namesAndLabelsCannotBreakTheirLines() {
        let metrics = PrometheusMetrics()
        metrics.makeCounter(label: "9 odd-name", dimensions: [("a b", "x\"y\\z\nw")]).increment(by: 1)
        #expect(metrics.text == "# TYPE _9_odd_name counter\n_9_odd_name{a_b=\"x\\\"y\\\\z\\nw\"} 1\n")
    }

    @Test func seriesDoNotGrowWithoutEnd() {
        let metrics = PrometheusMetrics(mostSeries: 10)
        for index in 0..<1000 { metrics.makeCounter(label: "a", dimensions: [("i", "\(index)")]).increment(by: 1) }
        #expect(metrics.text.split(separator: "\n").count == 11)
    }
}
