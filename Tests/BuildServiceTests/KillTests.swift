import BuildAPI
@testable import BuildService
import Foundation
import PythonBuild
import SystemPackage
import TestSupport
import Testing

@Suite struct KillTests {
    private static let jobs = 200
    private static let kills = 20

    /// Starts a service in a process of its own and kills it with SIGKILL after so many lines.
    ///
    /// - Returns: The jobs that it said it had admitted.
    private func runAndKill(_ home: FilePath, afterLines count: Int, of word: String = "") throws -> [String] {
        let products = FilePath(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            .removingLastComponent()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: products.appending("service-fixture").string)
        process.arguments = [home.string, "\(Self.jobs)"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var text = Data()
        while String(decoding: text, as: UTF8.self).split(separator: "\n").count(where: { $0.hasPrefix(word) }) < count
        {
            let more = output.fileHandleForReading.availableData
            try #require(!more.isEmpty, "the service ended by itself")
            text += more
        }
        kill(process.processIdentifier, SIGKILL)
        text += try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationReason == .uncaughtSignal)
        return String(decoding: text, as: UTF8.self).split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            return words.count == 3 && words[0] == "admitted" ? String(words[2]) : nil
        }
    }

    @Test func `a service that is killed again and again loses no job and ends each once`() async throws {
        let home = try TemporaryFolder()
        var generator = SeededGenerator(seed: 20)
        var answered: Set<String> = []
        for _ in 0..<Self.kills {
            // The lines of jobs that were admitted before come again: a kill lands anywhere between them and builds.
            let lines = Int.random(in: 1...40, using: &generator)
            answered.formUnion(try runAndKill(home.path, afterLines: lines))
        }
        answered.formUnion(try runAndKill(home.path, afterLines: Self.jobs, of: "admitted"))
        #expect(answered.count == Self.jobs)

        let running = try await RunningService(home.path, builder: ScriptedBuilder(automatic: .init(prints: [""])))
        let jobs = try await running.service.jobs(JobQuery(limit: 500), as: RunningService.admin).builds
        #expect(jobs.count == Self.jobs)
        #expect(answered == Set(jobs.map(\.id)))
        var again = 0
        for job in jobs {
            let end = try await running.end(of: job.id)
            #expect(end.state == .succeeded)
            if end.attempt > 1 { again += 1 }
            let events = try await running.events(of: job.id)
            #expect(events.map(\.sequence) == Array(1...UInt64(events.count)))
            for attempt in 1...end.attempt {
                let log = try await running.service.log(of: job.id, attempt: attempt, as: RunningService.admin)
                let lines = String(decoding: try log.read(at: 0, count: 4096), as: UTF8.self).split(separator: "\n")
                #expect(lines.allSatisfy { $0 == job.id })
            }
            for artifact in end.result?.artifacts ?? [] {
                let file = try await running.service.artifact(artifact.name, of: job.id, as: RunningService.admin)
                #expect(try file.blob.read(at: 0, count: 100) == Array(job.id.utf8))
            }
        }
        // The control: kills did hit builds.
        #expect(again > 0)
        try await running.drain()
        let files = running.service.files
        #expect(try FileManager.default.contentsOfDirectory(atPath: files.spool.string).isEmpty)
        let audit = try #require(FileManager.default.contents(atPath: files.audit.string))
        let records = audit.split(separator: UInt8(ascii: "\n")).compactMap { AuditLine.read(Array($0))?.record }
        let takenBack = Set(
            records.filter { $0.event == .notDone }.flatMap { ($0.details?["lines"] ?? "").split(separator: " ") }
                .compactMap { UInt64($0) })
        let ends = records.filter { $0.event == .end && !takenBack.contains($0.seq) }.compactMap(\.job)
        #expect(Set(ends) == Set(jobs.map(\.id)))
        #expect(ends.count == jobs.count)
        #expect(try await AuditLog.verify(home: home.path).isWhole)
    }
}
