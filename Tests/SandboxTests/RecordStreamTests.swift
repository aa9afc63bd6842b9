import SandboxProtocol
import Testing

@testable import Sandbox

@Suite struct RecordStreamTests {
    static let records: [StatusRecord] = [
        .timings([StepTiming(step: .clone, nanoseconds: 1)]), .output, .started(initPid: 7),
        .exited(CommandEnd(code: 3, signal: 0)), .ended(RunEnd(stop: .pids, observed: 9, usage: RunUsage(pidsPeak: 9))),
    ]
    static let bytes = records.flatMap { Frame.encode($0) }

    @Test func recordsCutAtAnyByteComeOutWholeAndInOrder() throws {
        for cut in 0...Self.bytes.count {
            var stream = RecordStream()
            try stream.append(Self.bytes[..<cut])
            var records = try drained(&stream)
            #expect(records == Array(Self.records.prefix(records.count)))
            try stream.append(Self.bytes[cut...])
            records += try drained(&stream)
            #expect(records == Self.records, "cut at \(cut)")
        }
    }

    @Test func recordsThatComeByteByByteComeOutWholeAndInOrder() throws {
        var stream = RecordStream()
        var records: [StatusRecord] = []
        for index in Self.bytes.indices {
            try stream.append(Self.bytes[index...index])
            records += try drained(&stream)
        }
        #expect(records == Self.records)
    }

    @Test func aRecordThatIsNoneIsRefused() throws {
        var good = RecordStream()
        try good.append([1, 0, 0, 0, 3])
        #expect(try good.next() == .output)
        var unknown = RecordStream()
        try unknown.append([1, 0, 0, 0, 200])
        #expect(throws: WireError.invalid(field: "status record", value: 200)) { try unknown.next() }
        var trailing = RecordStream()
        try trailing.append([2, 0, 0, 0, 3, 3])
        #expect(throws: WireError.trailing(count: 1)) { try trailing.next() }
    }

    @Test func aLengthBeyondTheLimitIsRefusedBeforeItsBytesCome() throws {
        var atLimit = RecordStream()
        try atLimit.append([0, 0, 0x40, 0])
        #expect(try atLimit.next() == nil)
        var beyond = RecordStream()
        try beyond.append([1, 0, 0x40, 0])
        #expect(throws: WireError.oversized(length: Frame.limit + 1, limit: Frame.limit)) { try beyond.next() }
    }

    @Test func bytesAreNotHoardedBeyondTheLimit() throws {
        var stream = RecordStream()
        let most = [UInt8](repeating: 0, count: Frame.limit + Frame.headerSize)
        try stream.append(most[...])
        #expect(throws: WireError.self) { try stream.append([0]) }
    }

    private func drained(_ stream: inout RecordStream) throws -> [StatusRecord] {
        var records: [StatusRecord] = []
        while let record = try stream.next() { records.append(record) }
        return records
    }
}
