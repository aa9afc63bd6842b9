import BuildAPI
@testable import BuildService
import BuildAPI
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite struct AuditTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func log(in folder: FilePath, lines: Int) throws -> FilePath {
        let path = folder.appending("audit.jsonl")
        let log = try AuditLog(path: path)
        for number in 0..<lines {
            try log.append(
                AuditEvent(.admission, grant: "g", subject: "s", job: "\(number)", decision: .allowed), at: now,
                durable: false)
        }
        return path
    }

    private func lines(_ path: FilePath) throws -> [Substring] {
        try String(contentsOfFile: path.string, encoding: .utf8).split(separator: "\n")
    }

    private func write(_ lines: [Substring], to path: FilePath) throws {
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: path.string))
    }

    @Test func `a log that nobody touched is whole`() throws {
        let folder = try TemporaryFolder()
        let path = try log(in: folder.path, lines: 100)
        let report = try AuditCheck.check(path, head: nil)
        #expect(report.isWhole)
        #expect(report.records == 100)
        let record = try #require(
            try JSONSerialization.jsonObject(with: Data(try lines(path)[0].utf8)) as? [String: Any])
        #expect(
            Set(record.keys) == ["seq", "time", "event", "grant", "subject", "job", "decision", "previous", "hash"])
    }

    @Test(arguments: ["change", "remove", "swap", "repeat", "cut", "forge"])
    func `a log that was changed is seen`(how: String) throws {
        let folder = try TemporaryFolder()
        let path = try log(in: folder.path, lines: 10)
        let whole = try AuditCheck.check(path, head: nil)
        let head = AuditHead(sequence: 10, hash: try #require(whole.head))
        #expect(try AuditCheck.check(path, head: head).isWhole)
        var lines = try lines(path)
        switch how {
        case "change": lines[4] = Substring(lines[4].replacing("\"job\":\"4\"", with: "\"job\":\"5\""))
        case "remove": lines.remove(at: 4)
        case "swap": lines.swapAt(4, 5)
        case "repeat": lines.insert(lines[4], at: 4)
        case "cut": lines.removeLast(3)
        default:
            // A whole new chain from the fifth line on, by somebody who knows how it is made.
            lines.removeLast(6)
            try write(lines, to: path)
            let forger = try AuditLog(path: path)
            for _ in 0..<6 { try forger.append(AuditEvent(.admission, job: "forged"), at: now, durable: false) }
            lines = try self.lines(path)
        }
        try write(lines, to: path)
        let report = try AuditCheck.check(path, head: head)
        #expect(!report.isWhole)
    }

    @Test func `two processes append to one chain`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path.appending("audit.jsonl")
        let logs = [try AuditLog(path: path), try AuditLog(path: path)]
        for number in 0..<50 {
            try logs[number % 2].append(AuditEvent(.admission, job: "\(number)"), at: now, durable: false)
        }
        let report = try AuditCheck.check(path, head: nil)
        #expect(report.isWhole)
        #expect(report.records == 50)
    }

    @Test func `what others choose cannot make a line of its own, or a long one`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path.appending("audit.jsonl")
        let log = try AuditLog(path: path)
        let evil = "x\n{\"seq\":2}\n\u{1b}[31m\"}" + String(repeating: "y", count: 100_000)
        try log.append(AuditEvent(.authenticationRefused, subject: evil, reason: evil), at: now, durable: false)
        #expect(try lines(path).count == 1)
        #expect(try lines(path)[0].utf8.count < 8192)
        #expect(try AuditCheck.check(path, head: nil).isWhole)
    }

    @Test func `a flood of refusals is counted, not written down`() throws {
        var limiter = AuditLimiter()
        let event = AuditEvent(.authenticationRefused, decision: .refused)
        let passed = (0..<1000).compactMap { _ in limiter.pass(event, at: now) }
        #expect(passed.count == AuditLimiter.mostASecond)
        let next = limiter.pass(event, at: now + .seconds(1))
        #expect(next?.details["left_out"] == "980")
    }

    private func database(in home: FilePath) throws -> AuditedDatabase {
        let files = ServiceFiles(home: home)
        try files.prepare()
        return AuditedDatabase(
            database: try ServiceDatabase(path: files.database), log: try AuditLog(path: files.audit))
    }

    @Test func `a line whose transaction failed is taken back, one whose did not is not`() async throws {
        let home = try TemporaryFolder()
        let database = try database(in: home.path)
        try await database.write("do it") { [now] database, audit in
            try audit.note(AuditEvent(.end, job: "done"), at: now, database)
        }
        await #expect(throws: ServiceFault.self) {
            try await database.write("fail") { [now] database, audit in
                try audit.note(AuditEvent(.end, job: "not done"), at: now, database)
                throw ServiceFault(.internalFault, "failed")
            }
        }
        let records = try database.log.records(after: 0)
        #expect(records.map(\.event) == [.end, .end, .notDone])
        #expect(records.last?.details == ["lines": "2"])
        #expect(try await AuditLog.verify(home: home.path).isWhole)
    }

    @Test func `a line whose transaction a crash prevented is taken back at the next start, once`() async throws {
        let home = try TemporaryFolder()
        do {
            let database = try database(in: home.path)
            try await database.write("do it") { [now] database, audit in
                try audit.note(AuditEvent(.end, job: "done"), at: now, database)
            }
            try database.log.append(AuditEvent(.authenticationRefused, decision: .refused), at: now, durable: false)
            try database.log.append(AuditEvent(.end, job: "not done"), at: now, durable: true)
        }
        let database = try database(in: home.path)
        for _ in 0..<2 { try await database.reconcile(at: now) }
        let records = try database.log.records(after: 0)
        #expect(records.map(\.event) == [.end, .authenticationRefused, .end, .notDone])
        #expect(records.last?.details == ["lines": "3"])
        #expect(try database.log.records(after: 3).map(\.seq) == [4])
    }
}
