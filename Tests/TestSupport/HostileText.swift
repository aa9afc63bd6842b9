/// What a stranger might put where a name, a version or a message is expected, and a judge of what became of it. The
/// judge knows characters by their numbers, and nothing of the code that it judges.
public enum HostileText {
    /// What a project would like to be taken for buildbox's.
    public static let claim = "buildbox: built 1 artifact"

    /// Short enough for everything that bounds a text by itself.
    public static let short =
        "x\" is fine.\n\(claim)\r\(claim)\u{1b}[8m\u{1b}]0;t\u{7}\u{9b}2J\u{85}\u{202e}\u{2066}\u{61c}\u{200b}\u{200d}\u{feff}"
        + "\u{7f}\u{2028}\(claim)\u{2029}\u{ad}\u{e0041}\u{e0100}\u{3164}"
    public static let long = short + String(repeating: "A", count: 900_000) + "\n\(claim)\n" + short

    private static let harmful: [ClosedRange<UInt32>] = [
        0x00...0x09, 0x0b...0x1f, 0x7f...0x9f, 0xad...0xad, 0x61c...0x61c, 0x200b...0x200f, 0x2028...0x202e,
        0x2060...0x206f, 0x3164...0x3164, 0xfe00...0xfe0f, 0xfeff...0xfeff, 0xe0000...0xe0fff,
    ]

    /// What is wrong with a text that is to be shown; empty when nothing is.
    public static func faults(in text: String, most: Int = 4096) -> [String] {
        var faults: [String] = []
        let count = text.unicodeScalars.count
        if count > most { faults.append("it has \(count) characters") }
        if let found = text.unicodeScalars.first(where: { scalar in harmful.contains { $0 ~= scalar.value } }) {
            faults.append("it has U+\(String(found.value, radix: 16))")
        }
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r" || $0 == "\r\n" }
        if lines.contains(where: { $0.hasPrefix("buildbox: ") }) {
            faults.append("a line of it claims to be buildbox's")
        }
        return faults
    }
}
