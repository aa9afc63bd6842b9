import SandboxProtocol
import Testing

/// What no writer of ours can produce.
@Suite struct RawBytesTests {
    @Test(arguments: [(0, nil), (1, WireError.invalid(field: "order version", value: 5))] as [(UInt8, WireError?)])
    func anotherVersionIsRefused(_ added: UInt8, error: WireError?) throws {
        var body = Samples.body(Samples.order)
        body[0] += added
        try expect(body, as: LaunchOrder.self, error)
    }

    @Test func aTagThatIsNotDefinedIsRefused() throws {
        try expect([3], as: StatusRecord.self, nil)
        try expect([7], as: StatusRecord.self, nil)
        try expect([8], as: StatusRecord.self, .invalid(field: "status record", value: 8))
        try expect([0], as: NetworkAccess.self, nil)
        try expect([1, 1, 0], as: NetworkAccess.self, nil)
        try expect([1, 1], as: NetworkAccess.self, .truncated)
        try expect([1, 0, 0], as: NetworkAccess.self, .invalid(field: "proxy port", value: 0))
        try expect([2], as: NetworkAccess.self, .invalid(field: "network access", value: 2))
        try expect([5], as: BindAccess.self, nil)
        try expect([6], as: BindAccess.self, .invalid(field: "bind access", value: 6))
        try expect([6], as: StopReason.self, nil)
        try expect([7], as: StopReason.self, .invalid(field: "stop reason", value: 7))
        try expect([11], as: LaunchStep.self, nil)
        try expect([12], as: LaunchStep.self, .invalid(field: "launch step", value: 12))
        try expect([17], as: Layer.self, nil)
        try expect([18], as: Layer.self, .invalid(field: "layer", value: 18))
        try expect([9, 1, 0, 0, 0, 0x2f], as: MountStep.self, nil)
        try expect([10, 1, 0, 0, 0, 0x2f], as: MountStep.self, .invalid(field: "mount step", value: 10))
    }

    @Test func aFlagIsZeroOrOne() throws {
        var reader = WireReader([0, 1, 2])
        #expect(try reader.flag() == false)
        #expect(try reader.flag() == true)
        #expect(throws: WireError.invalid(field: "flag", value: 2)) { try reader.flag() }
    }

    @Test func aStringIsUTF8WithoutNUL() throws {
        for (bytes, text) in [("ä".utf8.map { $0 }, "ä"), ([0xc3], nil), ([0x41, 0], nil), ([0xed, 0xa0, 0x80], nil)] {
            var writer = WireWriter()
            writer.write(bytes)
            var reader = WireReader(writer.bytes)
            if let text {
                #expect(try reader.string() == text)
            } else {
                #expect(throws: WireError.malformedString) { try reader.string() }
            }
        }
    }

    @Test(arguments: [3, 4, 1 << 20, .max] as [UInt32])
    func aCountBeyondTheBytesThatAreThereIsRefusedAtOnce(_ count: UInt32) throws {
        let bytes = withUnsafeBytes(of: count.littleEndian) { Array($0) } + [1, 2, 3]
        var data = WireReader(bytes)
        if count == 3 {
            #expect(try data.data() == [1, 2, 3])
        } else {
            #expect(throws: WireError.truncated) { try data.data() }
        }
        var strings = WireReader(bytes)
        #expect(throws: WireError.truncated) { try strings.strings() }
        var list = WireReader(bytes)
        #expect(throws: WireError.self) { try list.list(of: StepTiming.self) }
    }

    private func expect<Value: WireValue>(_ body: [UInt8], as _: Value.Type, _ error: WireError?) throws {
        do throws(WireError) {
            _ = try Frame.decode(body, as: Value.self)
            #expect(error == nil, "\(body) is accepted as \(Value.self)")
        } catch let thrown {
            #expect(thrown == error, "\(body)")
        }
    }
}
