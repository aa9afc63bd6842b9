import SandboxProtocol
import Testing

@Suite struct StatusRecordTests {
    @Test(arguments: Samples.records)
    func everyRecordIsTheSameOnTheOtherSide(_ record: StatusRecord) throws {
        #expect(try Frame.decode(Samples.body(record)) == record)
    }

    @Test(arguments: [
        (CommandEnd(code: 0, signal: 0), true), (CommandEnd(code: 255, signal: 64), true),
        (CommandEnd(code: 256, signal: 0), false), (CommandEnd(code: -1, signal: 0), false),
        (CommandEnd(code: 0, signal: 65), false), (CommandEnd(code: 0, signal: -1), false),
    ])
    func onlyCodesAndSignalsThatExistAreAnEnd(_ end: CommandEnd, isAccepted: Bool) {
        let decoded = Result { try Frame.decode(Samples.body(end), as: CommandEnd.self) }
        #expect(((try? decoded.get()) == end) == isAccepted)
    }

    @Test func theHeaderTellsTheLengthOfTheBody() throws {
        for record in Samples.records {
            let frame = Frame.encode(record)
            #expect(try Frame.length(header: Array(frame.prefix(Frame.headerSize))) == frame.count - Frame.headerSize)
        }
    }

    @Test func aFrameBeyondTheLimitIsRefused() throws {
        var atLimit = WireWriter()
        atLimit.write(UInt32(Frame.limit))
        #expect(try Frame.length(header: atLimit.bytes) == Frame.limit)
        var beyond = WireWriter()
        beyond.write(UInt32(Frame.limit + 1))
        #expect(throws: WireError.oversized(length: Frame.limit + 1, limit: Frame.limit)) {
            try Frame.length(header: beyond.bytes)
        }
        #expect(throws: WireError.truncated) { try Frame.length(header: [0, 0, 0]) }
    }
}
