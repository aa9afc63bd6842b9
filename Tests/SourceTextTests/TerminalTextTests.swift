import SourceText
import TestSupport
import Testing

@Suite struct TerminalTextTests {
    static let harmless = [
        "plain text ~", "two\nlines\tand a tab", "ü € 漢 🙂", "\u{1b}[31mred\u{1b}[0m", "\u{1b}[m",
        "\u{1b}[1;38;2;1;2;3mtrue colour",
        "\u{1b}[38:5:1mcolons",
    ]

    static let hostile: [(String, String)] = [
        ("\u{1b}]0;title\u{7}", "^[]0;title^G"), ("\u{1b}]8;;https://x\u{1b}\\link", "^[]8;;https://x^[\\link"),
        ("\u{1b}]52;c;aGk=\u{7}", "^[]52;c;aGk=^G"), ("\u{1b}[2J", "^[[2J"), ("\u{1b}[1;1H", "^[[1;1H"),
        ("\u{1b}[?25l", "^[[?25l"),
        ("\u{1b}[>4;2m", "^[[>4;2m"), ("\u{1b}[ m", "^[[ m"), ("\u{1b}[31\u{1b}[31mx", "^[[31\u{1b}[31mx"),
        ("\u{1b}P+q\u{1b}\\", "^[P+q^[\\"), ("\u{1b}c", "^[c"), ("\u{1b}(0", "^[(0"),
        ("\u{1b}[" + String(repeating: "1", count: 40) + "m", "^[[" + String(repeating: "1", count: 40) + "m"),
        ("\u{9b}2J", "\\u{9b}2J"), ("\u{85}\u{9d}", "\\u{85}\\u{9d}"), ("a\rb", "a\nb"), ("a\r\nb", "a\nb"),
        ("a\r\r\nb", "a\n\nb"),
        ("\u{8}\u{0}\u{7f}\u{e}", "^H^@^?^N"), ("\u{202e}evil\u{202c}", "\\u{202e}evil\\u{202c}"),
        ("\u{2066}x\u{2069}", "\\u{2066}x\\u{2069}"), ("\u{200e}\u{200f}\u{200b}", "\\u{200e}\\u{200f}\\u{200b}"),
        ("\u{feff}\u{2028}\u{e0041}", "\\u{feff}\\u{2028}\\u{e0041}"),
    ]

    static let malformed: [([UInt8], String)] = [
        ([0xff, 0x41], "\\xffA"), ([0x9b, 0x32, 0x4a], "\\x9b2J"), ([0xc3, 0x41], "\\xc3A"),
        ([0xc0, 0xaf], "\\xc0\\xaf"),
        ([0xe2, 0x82, 0x41], "\\xe2\\x82A"), ([0xed, 0xa0, 0x80, 0x41], "\\xed\\xa0\\x80A"),
        ([0x80, 0xbf], "\\x80\\xbf"),
        ([0xf5, 0x80, 0x80, 0x80], "\\xf5\\x80\\x80\\x80"), ([0xf0, 0x80, 0x80, 0x80], "\\xf0\\x80\\x80\\x80"),
        ([0xc3, 0x1b, 0x5b, 0x32, 0x4a], "\\xc3^[[2J"),
    ]

    @Test(arguments: harmless)
    func textAndColoursPass(_ text: String) {
        #expect(safe([Array(text.utf8)]) == text)
    }

    @Test(arguments: hostile)
    func whatSteersTheTerminalIsMadeVisible(_ text: String, shown: String) {
        #expect(safe([Array(text.utf8)]) == shown)
    }

    /// UAX #9, 2.6: it is an implicit mark as U+200E and U+200F are.
    @Test func theArabicLetterMarkIsMadeVisible() {
        #expect(safe([Array("a\u{61c}b".utf8)]) == "a\\u{61c}b")
    }

    /// Text that is there and cannot be seen would show when it is copied, or to whoever reads the log elsewhere.
    @Test(
        arguments: [
            "8", "08", "0;8", "8;31", "1;8;4", "31;8", "38;8;5;1", "38;38;5;8", "38;5;1;8", "8:1",
            "58;5;8",
            "48;5;8;8",
        ])
    func concealmentIsLeftOut(_ figures: String) {
        #expect(safe([Array("a\u{1b}[\(figures)mb".utf8)]) == "ab")
    }

    @Test(arguments: ["28", "38;5;8", "48;5;8", "38;2;8;8;8", "1;38;5;8;4", "38:5:8", "18;88", "48;2;8;0;8;38;5;8"])
    func aFigureOfAColourIsNoConcealment(_ figures: String) {
        #expect(safe([Array("a\u{1b}[\(figures)mb".utf8)]) == "a\u{1b}[\(figures)mb")
    }

    @Test(
        arguments: [
            ("plain", "plain"), ("\u{1b}[31mred", "\u{1b}[31mred\u{1b}[0m"),
            ("\u{1b}[31mred\u{1b}[0m", "\u{1b}[31mred\u{1b}[0m"),
            ("\u{1b}[31mred\u{1b}[m", "\u{1b}[31mred\u{1b}[m"), ("\u{1b}[38;5;0mx", "\u{1b}[38;5;0mx\u{1b}[0m"),
            ("\u{1b}[31mx\u{1b}[3", "\u{1b}[31mx^[[3\u{1b}[0m"), ("\u{1b}[8mx", "x"),
        ])
    func aStreamThatIsClosedLeavesNoColourOn(_ text: String, shown: String) {
        var terminal = TerminalText()
        let bytes = terminal.safe(Array(text.utf8))
        #expect(String(decoding: bytes + terminal.close(), as: UTF8.self) == shown)
        #expect(terminal.close().isEmpty)
    }

    @Test(arguments: malformed)
    func bytesThatAreNoTextAreMadeVisible(_ bytes: [UInt8], shown: String) {
        #expect(safe([bytes]) == shown)
    }

    @Test func aCutAnywhereChangesNothing() {
        let all = Self.harmless.map { Array($0.utf8) } + Self.hostile.map { Array($0.0.utf8) } + Self.malformed.map(\.0)
        for bytes in all {
            let whole = safe([bytes, [0x7a]])
            for first in 0...bytes.count {
                for second in first...bytes.count {
                    let parts = [Array(bytes[..<first]), Array(bytes[first..<second]), Array(bytes[second...]), [0x7a]]
                    #expect(safe(parts) == whole, "\(bytes) cut at \(first) and \(second)")
                }
            }
        }
    }

    @Test(arguments: [("a\r", "a\n"), ("\u{1b}", "^["), ("x\u{1b}[31;1", "x^[[31;1"), ("whole", "whole")])
    func whatIsCutOffAtTheEndIsMadeVisible(_ text: String, shown: String) {
        var terminal = TerminalText()
        let bytes = terminal.safe(Array(text.utf8))
        #expect(String(decoding: bytes + terminal.finish(), as: UTF8.self) == shown)
        #expect(terminal.heldBack == 0)
    }

    @Test func aCharacterThatIsCutOffAtTheEndIsMadeVisible() {
        var terminal = TerminalText()
        #expect(terminal.safe([0x41, 0xe2, 0x82]) == [0x41])
        #expect(terminal.heldBack == 2)
        #expect(String(decoding: terminal.finish(), as: UTF8.self) == "\\xe2\\x82")
    }

    /// A stream can be taken up anywhere: what is held back shows in the bytes just before.
    @Test func whatIsHeldBackIsKnownFromTheLastBytesAlone() {
        var generator = SeededGenerator(seed: 7)
        let bytes: [UInt8] = [0x1b, 0x5b, 0x6d, 0x0d, 0x0a, 0x30, 0x3b, 0xc2, 0x9b, 0xe2, 0x80, 0xae, 0xf0, 0xff, 0x41]
        for _ in 0..<20_000 {
            let length = Int.random(in: 0..<100, using: &generator)
            let input = (0..<length).compactMap { _ in bytes.randomElement(using: &generator) }
            var whole = TerminalText()
            var tail = TerminalText()
            _ = whole.safe(input)
            _ = tail.safe(Array(input.suffix(TerminalText.longestSequence)))
            if whole.heldBack != tail.heldBack || whole.finish() != tail.finish() { Issue.record("\(input)") }
        }
    }

    @Test func randomBytesNeverCrashAndNothingThatSteersPasses() {
        var generator = SeededGenerator(seed: 6)
        let bytes: [UInt8] = [0x1b, 0x5b, 0x6d, 0x0d, 0x0a, 0x30, 0x3b, 0xc2, 0x9b, 0xe2, 0x80, 0xae, 0xf0, 0xff, 0x41]
        for _ in 0..<20_000 {
            let length = Int.random(in: 0..<24, using: &generator)
            var text = TerminalText()
            let shown = text.safe((0..<length).compactMap { _ in bytes.randomElement(using: &generator) })
            let decoded = String(validating: shown, as: UTF8.self)
            let withoutColours = decoded?.replacing(/\u{1b}\[[0-9:;]*m/, with: "")
            let steers =
                withoutColours?.unicodeScalars.contains { $0 != "\n" && $0.properties.generalCategory == .control }
                ?? true
            if steers { Issue.record("\(shown)") }
        }
    }

    private func safe(_ chunks: [[UInt8]]) -> String {
        var text = TerminalText()
        return String(decoding: chunks.flatMap { text.safe($0) }, as: UTF8.self)
    }
}
