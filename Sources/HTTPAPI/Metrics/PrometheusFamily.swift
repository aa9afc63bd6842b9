/// The series of one metric, and how they are written (Prometheus exposition formats, text format 0.0.4).
struct PrometheusFamily: Sendable {
    enum Kind: Sendable, Equatable {
        case counter
        case gauge
        /// Upper bounds, rising, without the last, which is infinite.
        case histogram([Double])

        var buckets: [Double] {
            if case .histogram(let bounds) = self { bounds } else { [] }
        }

        fileprivate var name: String {
            switch self {
            case .counter: "counter"
            case .gauge: "gauge"
            case .histogram: "histogram"
            }
        }
    }

    static let secondBuckets = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600,
    ]
    static let countBuckets = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10]

    let kind: Kind
    /// By their rendered labels: `a="b",c="d"`, or nothing.
    private(set) var series: [String: PrometheusSeries] = [:]

    init(kind: Kind) {
        self.kind = kind
    }

    func adding(_ added: PrometheusSeries, labels: String) -> PrometheusFamily {
        var family = self
        family.series[labels] = added
        return family
    }

    func text(name: String) -> String {
        var text = "# TYPE \(name) \(kind.name)\n"
        for (labels, series) in series.sorted(by: { $0.key < $1.key }) {
            let values = series.snapshot
            guard case .histogram(let bounds) = kind else {
                text += "\(name)\(Self.braced(labels)) \(Self.number(values.sum))\n"
                continue
            }
            var below: UInt64 = 0
            for (bound, count) in zip(bounds.map(Self.number) + ["+Inf"], values.counts) {
                below += count
                let comma = labels.isEmpty ? "" : ","
                text += "\(name)_bucket{\(labels)\(comma)le=\"\(bound)\"} \(below)\n"
            }
            text += "\(name)_sum\(Self.braced(labels)) \(Self.number(values.sum))\n"
            text += "\(name)_count\(Self.braced(labels)) \(below)\n"
        }
        return text
    }

    /// A metric's name may have letters, digits, `_` and `:`, and begins with no digit.
    static func metricName(_ label: String) -> String { name(label, others: "_:") }

    static func labels(_ dimensions: [(String, String)]) -> String {
        dimensions.map { "\(name($0.0, others: "_"))=\"\(escaped($0.1))\"" }.sorted().joined(separator: ",")
    }

    private static func name(_ text: String, others: String) -> String {
        let scalars = text.unicodeScalars.map { scalar -> Unicode.Scalar in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9": scalar
            default: others.unicodeScalars.contains(scalar) ? scalar : "_"
            }
        }
        let name = String(String.UnicodeScalarView(scalars))
        return name.first.map { $0.isNumber } ?? true ? "_" + name : name
    }

    private static func escaped(_ value: String) -> String {
        var escaped = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    private static func braced(_ labels: String) -> String { labels.isEmpty ? "" : "{\(labels)}" }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }
}
