import BuildAPI
import BuildService
import FoundationEssentials
import Sandbox
import Testing

@testable import HTTPAPI

@Suite struct EventTextTests {
    /// Colour, a character of three bytes, an escape, CR LF and bytes that are no text.
    static let log: [UInt8] =
        Array("\u{1b}[31mred\u{1b}[0m €\r\n\u{1b}]0;t\u{7}".utf8) + [0xff, 0xe2, 0x82] + Array("x\r".utf8)

    @Test func theTextIsTheSameHoweverTheLogIsCut() throws {
        let whole = try text([Self.log])
        #expect(whole == "\u{1b}[31mred\u{1b}[0m €\n^[]0;t^G\\xff\\xe2\\x82x\n")
        for cut in 0...Self.log.count {
            #expect(try text([Array(Self.log[..<cut]), Array(Self.log[cut...])]) == whole, "cut at \(cut)")
        }
        #expect(try text(Self.log.map { [$0] }) == whole)
    }

    @Test func offsetsAndLengthsAreTheBytesThatTheTextStandsFor() throws {
        var end: UInt64 = 0
        for (_, document) in try documents(Self.log.map { [$0] }) {
            guard case .log(let event) = document else { continue }
            #expect(event.offset == end)
            end = event.offset + event.length
        }
        #expect(end == UInt64(Self.log.count))
    }

    /// Whoever comes back after any event gets what is missing, and nothing twice.
    @Test func aFollowerThatComesBackGetsTheRest() throws {
        let whole = try text([Self.log])
        let pieces = Self.log.map { [$0] }
        for seen in 0..<pieces.count {
            let before = try documents(pieces, count: seen)
            let after = try documents(pieces, from: seen)
            #expect(Self.text(before) + Self.text(after) == whole, "after \(seen) events")
        }
    }

    @Test func anotherAttemptBeginsAnew() throws {
        var text = EventText(before: { _, _, _ in [] })
        let first = try text.documents(event(1, attempt: 1, .log(.stdout, offset: 0, bytes: [0x61, 0xe2])))
        let second = try text.documents(event(2, attempt: 2, .log(.stderr, offset: 0, bytes: [0x62])))
        #expect(Self.text(first) + Self.text(second) == "ab")
    }

    @Test func whatBuildboxRemarksIsMadeSafeToo() throws {
        var text = EventText(before: { _, _, _ in [] })
        let documents = try text.documents(event(1, attempt: 1, .note("a\u{1b}[2Jb")))
        #expect(documents.first?.document == .note(.init(text: "a\\u{1b}[2Jb")))
    }

    private func event(_ sequence: UInt64, attempt: Int, _ kind: JobEvent.Kind) -> JobEvent {
        JobEvent(sequence: sequence, attempt: attempt, time: Date(), kind: kind)
    }

    private func text(_ pieces: [[UInt8]]) throws -> String { Self.text(try documents(pieces)) }

    private static func text(_ documents: [(sequence: UInt64?, document: EventDocument)]) -> String {
        documents.map { if case .log(let log) = $0.document { log.text } else { "" } }.joined()
    }

    /// The documents of events `from` on, `count` of them, and of the end where they are the last.
    private func documents(
        _ pieces: [[UInt8]], from: Int = 0, count: Int? = nil
    ) throws -> [(sequence: UInt64?, document: EventDocument)] {
        let log = pieces.flatMap { $0 }
        var text = EventText(before: { _, offset, count in Array(log[Int(offset)..<Int(offset) + count]) })
        var found: [(sequence: UInt64?, document: EventDocument)] = []
        var offset = UInt64(pieces[..<from].joined().count)
        for (index, piece) in pieces.enumerated().dropFirst(from).prefix(count ?? .max) {
            found += try text.documents(
                event(UInt64(index + 1), attempt: 1, .log(.stdout, offset: offset, bytes: piece)))
            offset += UInt64(piece.count)
        }
        if count == nil {
            found += try text.documents(event(UInt64(pieces.count + 1), attempt: 1, .end(.succeeded, exitCode: 0)))
        }
        return found
    }
}
