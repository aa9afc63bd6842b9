import BuildAPI
@testable import BuildService
import Foundation
import Linux
import PythonBuild
import Sandbox
import SystemPackage
import TestSupport
import Testing

@Suite struct LogWriterTests {
    private func log(in folder: FilePath) throws -> (log: JobLog, id: JobID) {
        let id = JobIDSource().next(at: Date())
        let record = JobRecord(
            id: id, place: 1, grant: "alice", subject: "token", priority: 0, document: BuildDocument(),
            source: SourceDocument(), retryOf: nil, createdAt: Date(), queueDeadline: .distantFuture,
            runTime: .seconds(60),
            machine: JobMachine(state: .queued, attempt: 0, lost: 0, cancelRequested: false))
        return (try JobLogs(folder: folder).log(of: record), id)
    }

    private func indexSize(_ log: JobLog) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: log.files.events.string)
        return try #require(attributes[.size] as? Int)
    }

    @Test func `a byte at a time makes few records, and every byte is told`() throws {
        let folder = try TemporaryFolder()
        let (log, _) = try log(in: folder.path)
        let writer = try AttemptLog(log, attempt: 1, clock: SystemClock(), reserve: 0)
        for number in 0..<20_000 { writer.print(number % 2 == 0 ? .stdout : .stderr, [UInt8(number % 251)]) }
        #expect(writer.close() == nil)
        let records = try indexSize(log) / EventRecord.size
        var bytes: [UInt8] = []
        var next: UInt64 = 2
        while next <= log.view.last {
            for event in try log.read(next, through: log.view.last, mostBytes: 64 << 10) {
                if case .log(_, let offset, let part) = event.kind {
                    #expect(offset == UInt64(bytes.count))
                    bytes += part
                }
                next += 1
            }
        }
        #expect(bytes == (0..<20_000).map { UInt8($0 % 251) })
        #expect(records < 10_000, "\(records) records for 20,000 single bytes")
    }

    @Test func `a line that is printed alone is told at once, one that follows within the window`() async throws {
        let folder = try TemporaryFolder()
        let (log, _) = try log(in: folder.path)
        let writer = try AttemptLog(log, attempt: 1, clock: SystemClock(), reserve: 0)
        writer.print(.stdout, Array("one\n".utf8))
        #expect(log.view.last == 2)
        let generation = log.changed.generation
        writer.print(.stdout, Array("two\n".utf8))
        if log.view.last == 2 { await log.changed.wait(past: generation) }
        #expect(log.view.last == 3)
        #expect(writer.close() == nil)
    }

    @Test func `no event has more than its share, however much is printed at once`() throws {
        let folder = try TemporaryFolder()
        let (log, _) = try log(in: folder.path)
        let writer = try AttemptLog(log, attempt: 1, clock: SystemClock(), reserve: 0)
        writer.print(.stdout, [UInt8](repeating: 65, count: 1_000_000))
        #expect(writer.close() == nil)
        let events = try log.read(2, through: log.view.last, mostBytes: Int.max)
        let sizes = events.map { event in
            if case .log(_, _, let bytes) = event.kind { bytes.count } else { 0 }
        }
        #expect(sizes.reduce(0, +) == 1_000_000)
        #expect(sizes.allSatisfy { $0 <= AttemptLog.largestEvent })
        let first = try log.read(2, through: log.view.last, mostBytes: 64 << 10)
        #expect(first.count == 1)
    }
}
