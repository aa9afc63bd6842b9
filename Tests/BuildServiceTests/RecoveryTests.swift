import BuildAPI
@testable import BuildService
import Foundation
import PythonBuild
import SystemPackage
import TestSupport
import Testing

@Suite struct RecoveryTests {
    private static let step = ScriptedBuilder.Step(prints: ["printed\n"], artifacts: ["a.whl": "wheel"])

    /// Writes: 1 upload, 2 admission, 3 start, 4 end.
    @Test(arguments: 0...4, PowerSwitch.Moment.allCases)
    func `whatever write is the last one, what was answered is there and ends once`(
        writes: Int, moment: PowerSwitch.Moment
    ) async throws {
        let home = try TemporaryFolder()
        let power = PowerSwitch(after: writes, moment)
        var answered: String?
        do {
            let running = try await RunningService(
                home.path, builder: ScriptedBuilder(automatic: Self.step),
                store: { SwitchedJobStore(store: $0, power: power) })
            answered = try? await running.submit().job.id
            if answered != nil, writes >= 3 || (writes == 2 && moment == .after) {
                // The run has come to its dead end, or, with every write allowed, to the job's.
                while !power.isOff,
                    try await running.service.job(answered!, as: RunningService.admin).state != .succeeded
                {
                    await Task.yield()
                }
            }
            try await running.stop()
        }
        let running = try await RunningService(home.path, builder: ScriptedBuilder(automatic: Self.step))
        let jobs = try await running.service.jobs(JobQuery(), as: RunningService.admin).builds
        if let answered { #expect(jobs.map(\.id) == [answered]) }
        for job in jobs {
            let end = try await running.end(of: job.id)
            #expect(end.state == .succeeded)
            let events = try await running.events(of: job.id)
            #expect(events.map(\.sequence) == Array(1...UInt64(events.count)))
            #expect(events.filter { if case .end = $0.kind { true } else { false } }.count == 1)
            let log = try await running.service.log(of: job.id, as: RunningService.alice)
            #expect(try log.read(at: 0, count: 100) == Array("printed\n".utf8))
            let artifact = try await running.service.artifact("a.whl", of: job.id, as: RunningService.alice)
            #expect(try artifact.blob.read(at: 0, count: 10) == Array("wheel".utf8))
        }
        try await running.drain()
        #expect(try FileManager.default.contentsOfDirectory(atPath: running.service.files.spool.string).isEmpty)
        let ends = try auditLines(home.path).filter { $0.event == .end }
        #expect(ends.count == jobs.count)
        let report = try await AuditLog.verify(home: home.path)
        #expect(report.isWhole, "\(report)")
    }

    private func auditLines(_ home: FilePath) throws -> [AuditRecord] {
        let content = try #require(FileManager.default.contents(atPath: ServiceFiles(home: home).audit.string))
        return try content.split(separator: UInt8(ascii: "\n")).map { line in
            try #require(AuditLine.read(Array(line))).record
        }
    }

    @Test func `jobs that were queued or running run in their old order, the lost attempt counted`() async throws {
        let home = try TemporaryFolder()
        var ids: [String] = []
        do {
            let power = PowerSwitch(after: 7, .before)
            let running = try await RunningService(
                home.path, store: { SwitchedJobStore(store: $0, power: power) }, { $0.running = 1 })
            for _ in 0..<3 { ids.append(try await running.submit().job.id) }
            await running.builder.waitForStarts(1)
            try await running.stop()
        }
        let running = try await RunningService(home.path, { $0.running = 1 })
        #expect(running.builder.sweeps == 1)
        for id in ids {
            running.builder.finish(id)
            _ = try await running.end(of: id)
        }
        #expect(running.builder.started == ids)
        let attempts = try await ids.asyncMap { try await running.service.job($0, as: RunningService.admin).attempt }
        #expect(attempts == [2, 1, 1])
        let events = try await running.events(of: ids[0])
        var states: [JobState] = []
        var notes: [String] = []
        for event in events {
            if case .state(let state) = event.kind { states.append(state) }
            if case .note(let text) = event.kind { notes.append(text) }
        }
        #expect(states == [.queued, .running, .queued, .running])
        // The first process could still say that it stops, but not put the build back.
        #expect(notes.count == 2)
        #expect(notes.last?.contains("attempt 1: this attempt is lost") ?? false)
        try await running.stop()
    }

    @Test func `a job that brings the service down each time ends as an error`() async throws {
        let home = try TemporaryFolder()
        var id = ""
        for attempt in 1...3 {
            let power = PowerSwitch(after: attempt == 1 ? 3 : 2, .before)
            let running = try await RunningService(
                home.path, store: { SwitchedJobStore(store: $0, power: power) })
            if attempt == 1 { id = try await running.submit().job.id }
            await running.builder.waitForStarts(1)
            try await running.stop()
        }
        let running = try await RunningService(home.path)
        let job = try await running.end(of: id)
        #expect(job.state == .error)
        #expect(job.result?.reason?.code == "attempts_exhausted")
        #expect(running.builder.started.isEmpty)
        try await running.stop()
    }

    @Test func `a stop in order costs no attempt`() async throws {
        let home = try TemporaryFolder()
        var id = ""
        for _ in 1...4 {
            let running = try await RunningService(home.path)
            if id.isEmpty { id = try await running.submit().job.id }
            await running.builder.waitForStarts(1)
            try await running.stop()
            #expect(try await running.service.job(id, as: RunningService.admin).state == .queued)
        }
        let running = try await RunningService(home.path, builder: ScriptedBuilder(automatic: Self.step))
        #expect(try await running.end(of: id).state == .succeeded)
        try await running.stop()
    }

    @Test func `drafts, blobs without owner, spool folders and torn tails of a dead process are gone`() async throws {
        let home = try TemporaryFolder()
        let files = ServiceFiles(home: home.path)
        var id = ""
        do {
            let running = try await RunningService(home.path, builder: ScriptedBuilder(automatic: Self.step))
            id = try await running.submit().job.id
            _ = try await running.end(of: id)
            try await running.drain()
        }
        let stray = String(repeating: "ab", count: 32)
        let strays = [
            JobFiles(JobIDSource().next(at: .now), in: files.jobs).log(1),
            files.blobs.appending("drafts").appending("half"), files.blobs.appending("ab").appending(stray),
            files.spool.appending("x").appending("y"),
        ]
        for file in strays {
            try FileManager.default.createDirectory(
                atPath: file.removingLastComponent().string, withIntermediateDirectories: true)
            #expect(FileManager.default.createFile(atPath: file.string, contents: Data("stray".utf8)))
        }
        let known = try #require(JobID(id))
        for (file, tear) in [(JobFiles(known, in: files.jobs).events, "torn"), (files.audit, "{\"seq\":")] {
            let handle = try FileHandle(forUpdating: URL(fileURLWithPath: file.string))
            try handle.seekToEnd()
            try handle.write(contentsOf: Data(tear.utf8))
            try handle.close()
        }
        let torn = try await AuditLog.verify(home: home.path)
        #expect(torn.fault?.reason.contains("torn") ?? false)

        let running = try await RunningService(home.path)
        for file in strays { #expect(!FileManager.default.fileExists(atPath: file.string)) }
        let events = try await running.events(of: id)
        #expect(events.last?.kind == .end(.succeeded, exitCode: 0))
        #expect(events.map(\.sequence) == Array(1...UInt64(events.count)))
        let artifact = try await running.service.artifact("a.whl", of: id, as: RunningService.alice)
        #expect(try artifact.blob.read(at: 0, count: 10) == Array("wheel".utf8))
        try await running.drain()
        #expect(try auditLines(home.path).contains { $0.event == .healed && $0.details == ["torn_bytes": "7"] })
        #expect(try await AuditLog.verify(home: home.path).isWhole)
    }

    @Test func `old jobs and those beyond the bytes go, the oldest first, with all they have; a read one stays`()
        async throws
    {
        let builder = ScriptedBuilder(automatic: .init(artifacts: ["a.whl": "0123456789"]))
        try await withService(builder: builder) {
            $0.retentionBytes = 34
        } _: { running in
            var ids: [String] = []
            for number in 0..<5 {
                ids.append(try await running.submit("source-\(number)").job.id)
                _ = try await running.end(of: ids[number])
                running.clock.advance(by: .seconds(10))
            }
            // 8 bytes each, and 10 that all have: three stay; the oldest is being read.
            var reader: LogReader? = try await running.service.log(of: ids[0], as: RunningService.alice)
            await running.service.tidy()
            let left = try await running.service.jobs(JobQuery(), as: RunningService.alice).builds.map(\.id)
            #expect(left == [ids[4], ids[3], ids[2], ids[0]])
            #expect(reader?.attempt == 1)
            reader = nil

            running.clock.advance(by: running.service.settings.retentionAge + .seconds(1))
            await running.service.tidy()
            #expect(try await running.service.jobs(JobQuery(), as: RunningService.alice).builds.isEmpty)
            #expect(try running.service.blobs.all().isEmpty)
            #expect(try FileManager.default.contentsOfDirectory(atPath: running.service.files.jobs.string).isEmpty)
        }
    }
}

extension Sequence where Element: Sendable {
    fileprivate func asyncMap<Value>(_ body: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await body(element)) }
        return values
    }
}
