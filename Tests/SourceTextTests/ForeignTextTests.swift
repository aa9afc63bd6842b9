import Foundation
import SourceText
import TestSupport
import Testing

@Suite struct ForeignTextTests {
    /// The control of every test that asks this judge.
    @Test func theJudgeFindsWhatIsWrong() {
        #expect(HostileText.faults(in: HostileText.long).count == 3)
        #expect(HostileText.faults(in: HostileText.short).count == 2)
        #expect(HostileText.faults(in: "the project's \u{e9} \u{6f22} \u{1f642} is plain").isEmpty)
        for scalar in HostileText.short.unicodeScalars where scalar.value < 0x20 && scalar != "\n" {
            #expect(!HostileText.faults(in: String(scalar)).isEmpty)
        }
    }

    @Test(arguments: [HostileText.short, HostileText.long])
    func oneLineSaysNothingByItself(_ text: String) {
        let line = ForeignText.line(text)
        #expect(HostileText.faults(in: line, most: ForeignText.longestQuote).isEmpty)
        #expect(!line.contains("\n"))
        #expect(line.hasPrefix("x\" is fine.\\u{a}buildbox: built 1 artifact\\u{d}"))
        #expect(ForeignText.line(line) == line)
    }

    @Test(arguments: [HostileText.short, HostileText.long, "why:\n" + HostileText.long])
    func aMessageMarksEveryLineButItsFirst(_ text: String) {
        let message = ForeignText.message(text)
        #expect(HostileText.faults(in: message, most: ForeignText.longestMessage).isEmpty)
        #expect(message.split(separator: "\n").dropFirst().allSatisfy { $0.hasPrefix(ForeignText.mark) })
        #expect(ForeignText.message(message) == message)
        let marked = ForeignText.marked(text)
        #expect(marked.split(separator: "\n").allSatisfy { $0.hasPrefix(ForeignText.mark) })
    }

    @Test func whatIsPlainStaysAsItIs() {
        let text = "the artifact \"a-1.tar.gz\" is rejected: \u{e4} \u{20ac} \u{6f22} \u{1f642} \\ ^[ ~"
        #expect(ForeignText.line(text) == text)
        #expect(ForeignText.message(text) == text)
    }

    @Test func aCutSaysHowMuchIsMissing() {
        let line = ForeignText.line(String(repeating: "a", count: 1000), most: 100)
        #expect(line == String(repeating: "a", count: 52) + "... (948 more characters)")
        let message = ForeignText.message("begin" + String(repeating: "a", count: 10_000) + "end")
        #expect(message.hasPrefix("begin") && message.hasSuffix("end"))
        #expect(message.contains("... (5960 characters left out) ..."))
    }

    @Test func aMessageOfManyLinesKeepsItsEnds() {
        let message = ForeignText.message((1...1000).map { "line \($0)" }.joined(separator: "\r\n") + "\n\n")
        let lines = message.split(separator: "\n")
        #expect(lines.count == ForeignText.mostLines)
        #expect(lines.first == "line 1" && lines.last == "  | line 1000")
        #expect(lines.contains("  | ... (961 lines left out) ..."))
    }

    @Test func JSONSaysTheSameInVisibleCharacters() throws {
        let encoder = JSONEncoder()
        let text = Array(try encoder.encode([HostileText.short, "\u{e9}\u{6f22}\u{1f642}"]))
        // The control: Foundation writes them as they are.
        #expect(!HostileText.faults(in: String(decoding: text, as: UTF8.self)).isEmpty)
        let escaped = JSONText.escaped(text)
        #expect(HostileText.faults(in: String(decoding: escaped, as: UTF8.self)).isEmpty)
        #expect(
            try JSONDecoder().decode([String].self, from: Data(escaped)) == [
                HostileText.short, "\u{e9}\u{6f22}\u{1f642}",
            ])
        #expect(String(decoding: escaped, as: UTF8.self).contains("\\u009b2J"))
        #expect(String(decoding: escaped, as: UTF8.self).contains("\\udb40\\udc41"))
        #expect(String(decoding: escaped, as: UTF8.self).contains("\u{e9}\u{6f22}\u{1f642}"))
    }
}
