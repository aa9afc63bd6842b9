import FoundationEssentials

extension Date {
    /// Milliseconds since 1970, as the store has times.
    var milliseconds: Int64 { Int64((timeIntervalSince1970 * 1000).rounded()) }

    init(milliseconds: Int64) {
        self.init(timeIntervalSince1970: Double(milliseconds) / 1000)
    }

    /// To the millisecond: as it will be read back.
    var wholeMilliseconds: Date { Date(milliseconds: milliseconds) }

    static func + (date: Date, duration: Duration) -> Date {
        date.addingTimeInterval(duration / .seconds(1))
    }

    static func - (date: Date, duration: Duration) -> Date {
        date.addingTimeInterval(-(duration / .seconds(1)))
    }
}
