import Testing

@testable import Sandbox

@Suite struct OutputLogTests {
    private func printed(_ pieces: [(LogStream, String)], limit: UInt64, _ overflow: LogOverflow) -> (
        text: String, log: OutputLog
    ) {
        var log = OutputLog(limit: limit, overflow: overflow)
        var text: [UInt8] = []
        for (stream, piece) in pieces { log.take(stream, Array(piece.utf8)) { text += $1 } }
        log.finish { text += $1 }
        return (String(decoding: text, as: UTF8.self), log)
    }

    @Test(arguments: LogOverflow.allCases)
    func whatFitsPassesWhole(_ overflow: LogOverflow) {
        let (text, log) = printed([(.stdout, "12345"), (.stderr, "67890")], limit: 10, overflow)
        #expect(text == "1234567890")
        #expect(log.keptBytes == 10)
        #expect(log.droppedBytes == 0)
        #expect(!log.isFull)
    }

    @Test func oneByteMoreStopsTheRun() {
        let (text, log) = printed([(.stdout, "12345"), (.stdout, "678901")], limit: 10, .stop)
        #expect(text == "1234567890")
        #expect(log.droppedBytes == 1)
        #expect(log.isFull)
    }

    @Test func trimmedOutputKeepsItsHeadAndItsTail() {
        let (text, log) = printed(
            [(.stdout, "abcdefgh"), (.stderr, "ijklmnop"), (.stdout, "qrstuvwxyz")], limit: 10, .trim)
        #expect(text == "abcde\n[buildbox: 16 bytes of output dropped here]\nvwxyz")
        #expect(log.keptBytes == 10)
        #expect(log.droppedBytes == 16)
        #expect(!log.isFull)
    }

    @Test func aFloodOfSmallPiecesIsBounded() {
        let pieces = (0..<100_000).map { (LogStream.stdout, "\($0 % 10)") }
        let (text, log) = printed(pieces, limit: 100, .trim)
        #expect(log.keptBytes == 100)
        #expect(log.droppedBytes == 99_900)
        #expect(text.hasPrefix("01234567890123456789012345678901234567890123456789\n["))
        #expect(text.hasSuffix("]\n01234567890123456789012345678901234567890123456789"))
    }

    @Test func whatIsPrintedByteByByteIsPutTogether() {
        var log = OutputLog(limit: 2 << 20, overflow: .trim)
        var passed = 0
        for _ in 0..<(4 << 20) { log.take(.stdout, [120]) { passed += $1.count } }
        #expect(passed == 1 << 20)
        var pieces = 0
        var bytes = 0
        log.finish {
            pieces += 1
            bytes += $1.count
        }
        // One is the note of what was dropped.
        #expect(pieces <= 258)
        #expect(bytes > 1 << 20 && log.keptBytes == 2 << 20 && log.droppedBytes == 2 << 20)
    }

    @Test func streamsThatTakeTurnsAtEveryByteAreBoundedByPieces() {
        var log = OutputLog(limit: 2 << 20, overflow: .trim)
        for number in 0..<(3 << 20) { log.take(number.isMultiple(of: 2) ? .stdout : .stderr, [120]) { _, _ in } }
        var pieces = 0
        log.finish { _, _ in pieces += 1 }
        #expect(pieces == 16_384 + 1)
        #expect(log.keptBytes + log.droppedBytes == 3 << 20)
    }
}
