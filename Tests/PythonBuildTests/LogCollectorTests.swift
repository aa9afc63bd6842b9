import Sandbox
import Testing

@testable import PythonBuild

@Suite struct LogCollectorTests {
    @Test(arguments: [
        ("plain\nlines", "plain\nlines"), ("ü €", "ü €"), ("\u{1b}[31mred\u{1b}[m", "[31mred[m"),
        ("a\rb\u{8}c\u{7}", "abc"),
        ("\u{9b}31m\u{9d}0;x\u{9c}", "31m0;x"), ("\u{7f}\0", ""),
    ])
    func theTextIsPrintable(_ printed: String, text: String) {
        let collector = LogCollector()
        collector.take(.stderr, Array(printed.utf8))
        #expect(collector.text == text)
    }

    @Test func bytesThatAreNoTextAreReplaced() {
        let collector = LogCollector()
        collector.take(.stdout, [0x61, 0xff, 0x62])
        #expect(collector.text == "a\u{fffd}b")
    }

    @Test func charactersThatComeInPartsAreWhole() {
        let collector = LogCollector()
        for byte in "ü€".utf8 { collector.take(.stdout, [byte]) }
        #expect(collector.text == "ü€")
    }

    @Test func onlyTheEndOfMuchOutputIsKept() {
        let collector = LogCollector()
        collector.take(.stdout, Array("first\n".utf8))
        for _ in 0..<100 { collector.take(.stdout, Array(String(repeating: "x", count: 1023).utf8) + [10]) }
        collector.take(.stdout, Array("last".utf8))
        #expect(collector.text.utf8.count == 64 << 10)
        #expect(collector.text.hasSuffix("\nlast"))
        #expect(!collector.text.contains("first"))
    }

    @Test func theTailIsTheLastTwelveLines() {
        let collector = LogCollector()
        collector.take(.stdout, Array((1...20).map { "\($0)\n\n" }.joined().utf8))
        #expect(collector.tail == (9...20).map { "\($0)" }.joined(separator: "\n"))
    }
}
