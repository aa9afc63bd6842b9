import Foundation
import SandboxProtocol
import SystemPackage
import TestSupport
import Testing

@testable import Sandbox

/// A run's outcome does not wait until its launcher is gone. Whoever reaps that clears away what it left.
@Suite(.enabled(if: geteuid() == 0, "an ordinary user's control groups are not always had"))
struct LauncherRemainsTests {
    private let fixture: Fixture
    private let reserve: LauncherReserve
    private let folder: TemporaryFolder
    private let ledger: RunLedger

    init() throws {
        fixture = try Fixture(keepsReady: true)
        reserve = try #require(fixture.sandbox.reserve)
        folder = try TemporaryFolder()
        ledger = RunLedger(folder: folder.path)
    }

    private func isThere(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Groups as a launcher makes them, and a process that stands for it.
    private func launcher(_ arguments: [String]) throws -> (pid: pid_t, remains: LauncherRemains, groups: [String]) {
        let plan = try fixture.sandbox.cgroups.plan(name: "buildbox-test-\(UUID().uuidString)", optional: []).plan
        let remains = try LauncherRemains(plan, record: ledger.hold())
        for path in plan.paths { try #require(mkdir(path, 0o755) == 0) }
        var words = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var pid: pid_t = 0
        try #require(posix_spawn(&pid, arguments[0], nil, nil, &words, environ) == 0)
        return (pid, remains, plan.paths)
    }

    @Test func whatAReapedLauncherLeftIsRemoved() throws {
        let (pid, remains, groups) = try launcher(["/bin/true"])
        #expect(groups.allSatisfy(isThere))
        LauncherReaper.take(pid, remains)
        LauncherReaper.settle()
        #expect(!groups.contains(where: isThere))
        #expect(kill(pid, 0) != 0 && errno == ESRCH)
    }

    @Test func aLauncherThatDoesNotEndIsKilled() throws {
        let (pid, remains, groups) = try launcher(["/bin/sleep", "600"])
        LauncherReaper.reap(pid, remains, patience: 10)
        #expect(!groups.contains(where: isThere))
        #expect(kill(pid, 0) != 0 && errno == ESRCH)
    }

    /// A group with another in it cannot be removed: whoever comes later finds out about it, and tries again.
    @Test func whatCannotBeRemovedKeepsItsRecord() throws {
        let records = { try FileManager.default.contentsOfDirectory(atPath: folder.path.string) }
        let group: String
        do {
            let (pid, remains, groups) = try launcher(["/bin/true"])
            group = groups[0]
            try #require(mkdir("\(group)/inner", 0o755) == 0)
            #expect(try records().count == 1)
            LauncherReaper.reap(pid, remains)
        }
        #expect(isThere(group))
        #expect(try records().count == 1)
        try #require(rmdir("\(group)/inner") == 0)
        let swept = ledger.sweep(drafts: [])
        #expect(!isThere(group), "\(swept)")
        #expect(try records().isEmpty)
    }

    @Test func nothingIsLeftOfARunNorOfOneWhoseLauncherIsKilled() async throws {
        _ = try await fixture.shell("true")
        for killed in [false, true] {
            let pid = try #require(reserve.settled())
            let groups = reserve.groups()
            #expect(!groups.isEmpty)
            let (lines, continuation) = AsyncStream<String>.makeStream()
            let request = SandboxRequest(
                arguments: ["/bin/sh", "-c", killed ? "echo up; exec sleep 60" : "echo up"],
                environment: ["PATH": "/usr/bin:/bin"], profile: fixture.profile)
            let run = Task {
                defer { continuation.finish() }
                return try await fixture.sandbox.run(request) { _, bytes in
                    continuation.yield(String(decoding: bytes, as: UTF8.self))
                }
            }
            var iterator = lines.makeAsyncIterator()
            #expect(await iterator.next() == "up\n")
            if killed {
                #expect(groups.allSatisfy(isThere), "the control: they are there while the command runs")
                try #require(kill(pid, SIGKILL) == 0)
            }
            switch await run.result {
            case .success(let outcome): #expect(!killed && outcome.verdict == .exited(code: 0))
            case .failure(let error): #expect(killed && (error as? SandboxError)?.code == .lost, "\(error)")
            }
            LauncherReaper.settle()
            #expect(!groups.contains(where: isThere))
            #expect(kill(pid, 0) != 0 && errno == ESRCH)
        }
    }
}
