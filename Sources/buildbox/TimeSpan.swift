import ArgumentParser

/// A length of time: `90`, `90s`, `500ms`, `5m`, `1h`. A number alone is seconds.
struct TimeSpan: ExpressibleByArgument, CustomStringConvertible {
    let duration: Duration

    init(_ duration: Duration) {
        self.duration = duration
    }

    init?(argument: String) {
        let digits = argument.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let number = Double(digits), number.isFinite,
            let unit = Self.units[argument.dropFirst(digits.count).lowercased()]
        else { return nil }
        let milliseconds = number * unit
        guard milliseconds >= 1, milliseconds <= 7 * 24 * 3_600_000 else { return nil }
        duration = .milliseconds(Int64(milliseconds))
    }

    private static let units: [String: Double] = ["ms": 1, "": 1000, "s": 1000, "m": 60_000, "h": 3_600_000]

    var description: String {
        let milliseconds = Int64(duration / .milliseconds(1))
        return milliseconds % 1000 == 0 ? "\(milliseconds / 1000)s" : "\(milliseconds)ms"
    }

    var defaultValueDescription: String { description }
}
