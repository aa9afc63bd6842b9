import Testing

@testable import BuildClient

@Suite struct EventStreamParserTests {
    private let stream = """
        : a heartbeat

        id: 1
        event: log
        data: {"a":"ä"}

        id:2
        data
        data: two
        unknown: field

        event: nothing

        data:  spaced

        """

    private let events = [
        ServerSentEvent(id: "1", name: "log", data: #"{"a":"ä"}"#),
        ServerSentEvent(id: "2", name: "message", data: "\ntwo"),
        ServerSentEvent(id: "2", name: "message", data: " spaced"),
    ]

    @Test(arguments: ["\n", "\r", "\r\n"]) func linesEndInAnyOfThreeWays(_ ending: String) throws {
        let text = (stream + "\n").replacing("\n", with: ending)
        var parser = EventStreamParser()
        #expect(try parser.feed(text.utf8) == events)
    }

    @Test func eventsAreTheSameHoweverTheBytesAreCut() throws {
        let bytes = Array((stream + "\n").replacing("\n", with: "\r\n").utf8)
        for cut in bytes.indices {
            var parser = EventStreamParser()
            let parsed = try parser.feed(bytes[..<cut]) + parser.feed(bytes[cut...])
            #expect(parsed == events, "cut at \(cut)")
        }
    }

    @Test func aByteOrderMarkAtTheBeginningIsNoPartOfAField() throws {
        var parser = EventStreamParser()
        #expect(try parser.feed("\u{feff}data: x\n\n".utf8) == [ServerSentEvent(id: nil, name: "message", data: "x")])
    }

    @Test func anEventWithoutItsBlankLineIsNotThereYet() throws {
        var parser = EventStreamParser()
        #expect(try parser.feed("data: x\n".utf8).isEmpty)
        #expect(try parser.feed("\n".utf8).count == 1)
    }

    @Test func anEventThatNeverEndsIsRefused() throws {
        var parser = EventStreamParser()
        let line = [UInt8](repeating: UInt8(ascii: "a"), count: EventStreamParser.largestEvent)
        _ = try parser.feed(line)
        #expect(throws: ClientError.self) { try parser.feed([UInt8(ascii: "a")]) }
    }
}
