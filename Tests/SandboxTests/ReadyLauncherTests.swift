import Foundation
import SandboxProtocol
import SystemPackage
import Testing

@testable import Sandbox

/// A launcher that is ready serves the next command like one that is started for it. Whether one did
/// shows in the stages that a caller waited for: it was cloned before.
@Suite struct ReadyLauncherTests {
    private let fixture: Fixture
    private let reserve: LauncherReserve

    init() throws {
        fixture = try Fixture(keepsReady: true)
        reserve = try #require(fixture.sandbox.reserve)
    }

    /// Runs a command, after which a launcher is ready for another like it.
    private func prepare() async throws {
        let run = try await fixture.shell("true")
        #expect(run.outcome.verdict == .exited(code: 0))
        try #require(reserve.settled() != nil)
    }

    @Test func theNextCommandIsServedByIt() async throws {
        let first = try await fixture.shell("echo first")
        #expect(!first.wasReady)
        #expect(reserve.settled() != nil)
        for number in 2...4 {
            let next = try await fixture.shell("echo \(number); hostname; ls -A /tmp /home/builder; cat /proc/net/dev")
            #expect(next.wasReady)
            #expect(next.stdout.hasPrefix("\(number)\nbuildbox\n"), "\(next.stderr)")
            #expect(next.stdout.contains("lo:"))
            #expect(next.outcome.verdict == .exited(code: 0))
            #expect(next.outcome.layers == first.outcome.layers)
            #expect(reserve.settled() != nil)
        }
    }

    @Test func theOrdersOwnMountsReportAndOutputAreThere() async throws {
        let folder = FilePath(NSTemporaryDirectory()).appending("buildbox-ready-\(UUID().uuidString)")
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: folder.string) } }
        try Data("shown".utf8).write(to: URL(filePath: folder.appending("file").string))
        try #require(chmod(folder.string, 0o700) == 0)
        try await prepare()
        let run = try await fixture.run(
            ["/bin/sh", "-c", "cat /shown/file >&3; echo made > /out/made; : 2> /shown/new"],
            mounts: [
                .bind(source: folder.string, at: "/shown", access: .readOnlyAsOwner), .scratch(at: "/out", mode: 0o700),
            ], report: true, output: "/out")
        #expect(run.wasReady)
        #expect(String(decoding: run.outcome.report, as: UTF8.self) == "shown")
        #expect(run.stderr.contains("Read-only file system"))
        let output = try #require(run.outcome.output)
        let made = openat(output.descriptor, "made", O_RDONLY)
        #expect(made >= 0)
        close(made)
    }

    @Test func itsOrdersLimitsHold() async throws {
        try await prepare()
        let limits = SandboxLimits(diskBytes: 8 << 20)
        let full = try await fixture.shell("head -c 64m /dev/zero > /tmp/fill", limits: limits)
        #expect(full.wasReady)
        guard case .stopped(let hit) = full.outcome.verdict else {
            Issue.record("\(full.outcome.verdict)")
            return
        }
        #expect(hit.kind == .disk && hit.limit == 8 << 20)
        #expect(reserve.settled() != nil)
        let large = try await fixture.shell("head -c 64m /dev/zero > /tmp/fill && echo fits")
        #expect(large.wasReady)
        #expect(large.stdout == "fits\n", "\(large.outcome.verdict)")
    }

    @Test func oneThatDiedIsReplaced() async throws {
        try await prepare()
        let pid = try #require(reserve.settled())
        try #require(kill(pid, SIGKILL) == 0)
        var information = siginfo_t()
        // It is not reaped: whoever started it does that.
        try #require(waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) == 0)
        let run = try await fixture.shell("echo fine")
        #expect(run.stdout == "fine\n")
        #expect(!run.wasReady)
        #expect(reserve.settled() != nil)
        #expect(try await fixture.shell("true").wasReady)
    }

    @Test func aCommandThatIsOtherwiseIsNotServedByIt() async throws {
        try await prepare()
        let strict = try SandboxProfile(contentsOf: Fixture.repository.appending("sandbox-profiles/strict.json"))
        let request = SandboxRequest(
            arguments: ["/bin/cat", "/etc/hosts"], profile: strict, allowMissing: fixture.allowMissing)
        let run = try await fixture.run(request)
        #expect(run.outcome.verdict == .exited(code: 0))
        #expect(!run.wasReady)
    }

    @Test(.enabled(if: geteuid() == 0, "mounting takes root"))
    func whatWasMountedMeanwhileIsThere() async throws {
        let folder = FilePath(NSTemporaryDirectory()).appending("buildbox-ready-\(UUID().uuidString)")
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: folder.string) } }
        try await prepare()
        try #require(mount("test", folder.string, "tmpfs", 0, "mode=0755") == 0)
        defer { #expect(umount(folder.string) == 0) }
        try Data("mounted".utf8).write(to: URL(filePath: folder.appending("file").string))
        let run = try await fixture.run(
            ["/bin/cat", "/shown/file"], mounts: [.bind(source: folder.string, at: "/shown", access: .readOnly)])
        #expect(run.stdout == "mounted")
        #expect(!run.wasReady, "the launcher that was ready has the mounts of before")
    }

    @Test func nothingOfItIsLeftWhenItIsNotWanted() async throws {
        try await prepare()
        let pid = try #require(reserve.settled())
        let groups = reserve.groups()
        if fixture.allowMissing.isEmpty {
            #expect(!groups.isEmpty)
            // The positive control: they are there, as soon as the launcher has made them.
            let patience = ContinuousClock.now + .seconds(30)
            while !groups.allSatisfy({ access($0, F_OK) == 0 }), ContinuousClock.now < patience { await Task.yield() }
            #expect(groups.allSatisfy { access($0, F_OK) == 0 })
        }
        reserve.close()
        #expect(kill(pid, 0) != 0 && errno == ESRCH)
        #expect(groups.allSatisfy { access($0, F_OK) != 0 })
        let run = try await fixture.shell("echo fine")
        #expect(run.stdout == "fine\n")
        #expect(reserve.settled() == nil)
    }

    /// Whatever the launcher is at when it is told to stop, the run was cancelled, and nothing else.
    @Test(arguments: [false, true])
    func aRunThatIsCancelledAtAnyMomentIsCancelled(isReady: Bool) async throws {
        let cold = try Fixture()
        for step in 0..<40 {
            if isReady { try await prepare() }
            let fixture = isReady ? fixture : cold
            let run = Task { try await fixture.shell("sleep 60") }
            // The moment is what varies here: nothing is waited for, and whichever it is, the run is cancelled.
            try await Task.sleep(for: .microseconds(150 * step))
            run.cancel()
            switch await run.result {
            case .success(let run): #expect(run.outcome.verdict == .cancelled, "after \(150 * step) us")
            case .failure(let error): Issue.record("after \(150 * step) us: \(error)")
            }
        }
    }

    /// What is used in a user namespace is counted as its owner's: that is the command's own id on the host, and not root.
    @Test(.enabled(if: geteuid() == 0, "an ordinary user has one id"))
    func theUserNamespaceBelongsToTheCommandsOwnId() async throws {
        var owners: [UInt32] = []
        for isReady in [false, true] {
            let found = try await namespaceOfACommand()
            #expect(found.owner == found.process)
            #expect(found.owner >= HostIDPool.first && found.owner < HostIDPool.first + HostIDPool.count)
            owners.append(found.owner)
            if !isReady { try #require(reserve.settled() != nil) }
        }
        #expect(owners[0] != owners[1], "two commands at once would not share one; these had one each")
        let own = open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC)
        defer { close(own) }
        #expect(Self.owner(of: own) == 0, "the control: another namespace has another owner")
    }

    /// Looks at a command from the host while it runs: whose its user namespace is, and whose the command.
    private func namespaceOfACommand() async throws -> (owner: UInt32, process: UInt32) {
        let (names, continuation) = AsyncStream<String>.makeStream()
        let request = SandboxRequest(
            arguments: ["/bin/sh", "-c", "readlink /proc/self/ns/user; exec sleep 60"],
            environment: ["PATH": "/usr/bin:/bin"], profile: fixture.profile, allowMissing: fixture.allowMissing)
        let run = Task {
            defer { continuation.finish() }
            return try await fixture.sandbox.run(request) { _, bytes in
                continuation.yield(String(decoding: bytes, as: UTF8.self))
            }
        }
        var iterator = names.makeAsyncIterator()
        let name = try #require(await iterator.next()).trimmingCharacters(in: .newlines)
        let found = Result { try Self.look(for: name) }
        run.cancel()
        #expect(try await run.value.verdict == .cancelled)
        return try found.get()
    }

    private static func look(for name: String) throws -> (owner: UInt32, process: UInt32) {
        for process in try FileManager.default.contentsOfDirectory(atPath: "/proc") where Int(process) != nil {
            let link = "/proc/\(process)/ns/user"
            let target = Result { try FileManager.default.destinationOfSymbolicLink(atPath: link) }
            guard case .success(name) = target else { continue }
            let namespace = open(link, O_RDONLY | O_CLOEXEC)
            defer { close(namespace) }
            let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
            let line = status.split(separator: "\n").first { $0.hasPrefix("Uid:") }
            guard let owner = owner(of: namespace), let user = line?.split(separator: "\t").last.flatMap({ UInt32($0) })
            else { continue }
            return (owner, user)
        }
        throw SandboxError(.lost, "no process is in \(name)")
    }

    private static func owner(of namespace: Int32) -> UInt32? {
        var owner: UInt32 = .max
        // NS_GET_OWNER_UID (ioctl_ns(2)).
        return ioctl(namespace, 0xb704, &owner) == 0 ? owner : nil
    }
}
