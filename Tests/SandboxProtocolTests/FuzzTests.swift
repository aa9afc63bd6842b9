import SandboxProtocol
import TestSupport
import Testing

/// A reader that trusts a length would trap here. What is accepted must be written back the same.
@Suite struct FuzzTests {
    @Test func randomBytesNeverCrashTheReader() {
        var generator = SeededGenerator(seed: 1)
        var accepted = 0
        for _ in 0..<100_000 {
            let length = Int.random(in: 0..<64, using: &generator)
            var body = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
            // Half of them get past the version.
            if length > 2, Bool.random(using: &generator) { body.replaceSubrange(0..<2, with: [1, 0]) }
            accepted += read(body, as: LaunchOrder.self) + read(body, as: StatusRecord.self)
        }
        // Positive control: the input reaches the end of some reader.
        #expect(accepted > 0)
    }

    @Test func mutatedOrdersNeverCrashTheReader() {
        var generator = SeededGenerator(seed: 2)
        var order = Samples.order
        order.mounts = Array(Samples.mounts.prefix(4))
        let body = Samples.body(order)
        var accepted = 0
        for _ in 0..<20_000 {
            accepted += read(mutated(body, using: &generator), as: LaunchOrder.self)
        }
        #expect(accepted > 0)
    }

    @Test func mutatedRecordsNeverCrashTheReader() {
        var generator = SeededGenerator(seed: 3)
        let bodies = Samples.records.map { Samples.body($0) }
        var accepted = 0
        for index in 0..<100_000 {
            accepted += read(mutated(bodies[index % bodies.count], using: &generator), as: StatusRecord.self)
        }
        #expect(accepted > 0)
    }

    /// 1 when the bytes are a value.
    private func read<Value: WireValue>(_ body: [UInt8], as _: Value.Type) -> Int {
        do throws(WireError) {
            let value = try Frame.decode(body, as: Value.self)
            if Samples.body(value) != body { Issue.record("\(body) is written back otherwise") }
            return 1
        } catch {
            return 0
        }
    }

    private func mutated(_ body: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
        var body = body
        for _ in 0...Int.random(in: 0..<3, using: &generator) where !body.isEmpty {
            let place = body.indices.randomElement(using: &generator) ?? 0
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: body[place] = UInt8.random(in: 0...255, using: &generator)
            case 1: body[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 2: body.remove(at: place)
            case 3: body.insert(UInt8.random(in: 0...255, using: &generator), at: place)
            default: body.replaceSubrange(place..., with: repeatElement(0xff, count: min(4, body.count - place)))
            }
        }
        return body
    }
}
