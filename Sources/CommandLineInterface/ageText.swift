/// How long ago something was, for people: `90 s`, `5 min`, `3 h`, `12 d`.
func ageText(seconds: Double) -> String {
    let seconds = Int(max(0, seconds))
    return switch seconds {
    case ..<120: "\(seconds) s"
    case ..<7200: "\(seconds / 60) min"
    case ..<172_800: "\(seconds / 3600) h"
    default: "\(seconds / 86_400) d"
    }
}

/// A length of time in days, hours or minutes: `30d`, `12h`, `45m`; in seconds. Nil for what is none.
func longSpan(_ text: String) -> Int? {
    let seconds: [Character: Int] = ["d": 86_400, "h": 3600, "m": 60]
    guard let unit = text.last.flatMap({ seconds[$0] }), let count = Int(text.dropLast()), (1...100_000).contains(count)
    else { return nil }
    return count * unit
}
