/// A length of time: `90`, `90s`, `500ms`, `5m`, `1h`. A number alone is seconds.
public struct TimeSpan: Hashable, Sendable, CustomStringConvertible {
    public let duration: Duration

    public init(_ duration: Duration) {
        self.duration = duration
    }

    /// Nil for what is no time from 1 ms to 7 days.
    public init?(_ text: String) {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let number = Double(digits), number.isFinite,
            let unit = Self.units[text.dropFirst(digits.count).lowercased()]
        else { return nil }
        let milliseconds = number * unit
        guard milliseconds >= 1, milliseconds <= 7 * 24 * 3_600_000 else { return nil }
        duration = .milliseconds(Int64(milliseconds))
    }

    private static let units: [String: Double] = ["ms": 1, "": 1000, "s": 1000, "m": 60_000, "h": 3_600_000]

    public var description: String {
        let milliseconds = Int64(duration / .milliseconds(1))
        return milliseconds % 1000 == 0 ? "\(milliseconds / 1000)s" : "\(milliseconds)ms"
    }
}
