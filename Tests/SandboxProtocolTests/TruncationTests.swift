import SandboxProtocol
import Testing

@Suite struct TruncationTests {
    @Test func anOrderThatEndsEarlyIsRefusedAtEveryByte() throws {
        let body = Samples.body(Samples.order)
        #expect(try Frame.decode(body, as: LaunchOrder.self) == Samples.order)
        for length in 0..<body.count {
            #expect(throws: WireError.self, "cut at \(length)") {
                try Frame.decode(Array(body.prefix(length)), as: LaunchOrder.self)
            }
        }
    }

    @Test(arguments: Samples.records)
    func aRecordThatEndsEarlyIsRefusedAtEveryByte(_ record: StatusRecord) throws {
        let body = Samples.body(record)
        #expect(try Frame.decode(body) == record)
        for length in 0..<body.count {
            #expect(throws: WireError.truncated, "cut at \(length)") {
                try Frame.decode(Array(body.prefix(length)), as: StatusRecord.self)
            }
        }
    }

    @Test(arguments: [[0], [1, 2, 3], Array(repeating: 255, count: 64)] as [[UInt8]])
    func bytesBehindTheValueAreRefused(_ rest: [UInt8]) throws {
        #expect(throws: WireError.trailing(count: rest.count)) {
            try Frame.decode(Samples.body(Samples.order) + rest, as: LaunchOrder.self)
        }
        #expect(throws: WireError.trailing(count: rest.count)) {
            try Frame.decode(Samples.body(StatusRecord.output) + rest, as: StatusRecord.self)
        }
    }
}
