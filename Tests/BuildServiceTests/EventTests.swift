import BuildAPI
@testable import BuildService
import Foundation
import PythonBuild
import Sandbox
import Testing

@Suite struct EventTests {
    private let step = ScriptedBuilder.Step(prints: (0..<200).map { "line \($0)\n" }, artifacts: ["a.whl": "w"])

    private func text(_ events: [JobEvent]) -> String {
        var bytes: [UInt8] = []
        for event in events {
            if case .log(_, let offset, let part) = event.kind {
                #expect(offset == UInt64(bytes.count))
                bytes += part
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `a follower sees everything, in order, once, to the end`() async throws {
        try await withService { running in
            let id = try await running.submit().job.id
            async let live = running.events(of: id)
            await running.builder.waitForStarts(1)
            running.builder.finish(id, step)
            let events = try await live
            #expect(events.map(\.sequence) == Array(1...UInt64(events.count)))
            #expect(text(events) == step.prints.joined())
            #expect(events.first?.kind == .state(.queued))
            #expect(events.dropFirst().first?.kind == .state(.running))
            #expect(events.contains { $0.kind == .phase(.build, .started, durationMs: nil) })
            #expect(events.last?.kind == .end(.succeeded, exitCode: 0))
            #expect(try await running.events(of: id) == events)
        }
    }

    @Test func `following can be taken up after any event, without loss or repeat`() async throws {
        try await withService(builder: ScriptedBuilder(automatic: step)) { running in
            let id = try await running.submit().job.id
            let all = try await running.events(of: id)
            for sequence in 0...UInt64(all.count) {
                let rest = try await running.events(of: id, after: sequence)
                #expect(rest == Array(all.dropFirst(Int(sequence))))
            }
            let over = try await running.service.events(of: id, after: UInt64(all.count), as: RunningService.alice)
            #expect(over.isOver)
            let open = try await running.service.events(of: id, after: UInt64(all.count - 1), as: RunningService.alice)
            #expect(!open.isOver)
        }
    }

    @Test func `two readers of a job share its files, and a slow one misses nothing`() async throws {
        try await withService { running in
            let id = try await running.submit().job.id
            var slow = try await running.service.events(of: id, as: RunningService.alice).makeAsyncIterator()
            var seen = try #require(try await slow.next())
            await running.builder.waitForStarts(1)
            running.builder.finish(id, step)
            let quick = try await running.events(of: id)
            while let events = try await slow.next() { seen += events }
            #expect(seen == quick)
        }
    }

    @Test func `a follower that is cancelled stops waiting`() async throws {
        try await withService { running in
            let id = try await running.submit().job.id
            await running.builder.waitForStarts(1)
            let task = Task { try await running.events(of: id) }
            let log = try await running.service.follow(id, as: RunningService.alice)
            while log.changed.waiters == 0 { await Task.yield() }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(log.changed.waiters == 0)
            running.builder.finish(id)
        }
    }

    @Test func `records are read back as they were written, and torn or moved ones are not`() throws {
        let kinds: [EventRecord.Kind] = [
            .log(.stderr, offset: 1 << 40, length: 65_536), .state(.running), .state(.queued),
            .phase(.collect, .failed, durationMs: 12_345), .phase(.inspect, .started, durationMs: 0),
            .note(offset: 3, length: 4),
        ]
        for (index, kind) in kinds.enumerated() {
            let record = EventRecord(attempt: 513, milliseconds: 1_800_000_000_123, kind: kind)
            let sequence = UInt64(index + 2)
            let bytes = record.bytes(sequence: sequence)
            #expect(bytes.count == EventRecord.size)
            #expect(EventRecord(bytes[...], sequence: sequence) == record)
            #expect(EventRecord(bytes[...], sequence: sequence + 1) == nil)
            for count in 0..<bytes.count { #expect(EventRecord(bytes[..<count], sequence: sequence) == nil) }
            for index in 0..<24 {
                var torn = bytes
                torn[index] ^= 0x40
                #expect(EventRecord(torn[...], sequence: sequence) == nil)
            }
        }
    }
}
