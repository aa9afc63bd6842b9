import Foundation
import Glibc
import Sandbox
import SandboxProtocol
import Testing

@Suite struct UsageTests {
    @Test func writtenBytesOfTheWholeTreeAreCounted() async throws {
        let little = try await Fixture().shell("true")
        let much = try await Fixture().shell(
            "(head -c 3000000 /dev/zero > /tmp/a) & wait; (setsid head -c 4000000 /dev/zero > /tmp/b)")
        #expect(little.outcome.usage.writtenBytes < 100_000)
        #expect((7_000_000..<7_500_000).contains(much.outcome.usage.writtenBytes))
    }

    /// Version 2 counts it as the group's memory; version 1 counts it apart.
    @Test(
        .enabled(
            if: geteuid() == 0 && access("/sys/fs/cgroup/memory/memory.kmem.tcp.limit_in_bytes", F_OK) == 0,
            "no such limit"))
    func whatWaitsInSocketsIsLimited() async throws {
        let program = """
            import socket
            receivers = []
            sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            for _ in range(800):
                receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
                receiver.bind(("127.0.0.1", 0))
                receivers.append(receiver)
            for receiver in receivers:
                for _ in range(8):
                    sender.sendto(bytes(60000), receiver.getsockname())
            waited = 0
            for receiver in receivers:
                receiver.setblocking(False)
                try:
                    while True:
                        waited += len(receiver.recv(65536))
                except BlockingIOError:
                    pass
            print(waited >> 20)
            """
        let run = try await Fixture().run(["/usr/bin/python3", "-I", "-c", program])
        let inside = try #require(Int(run.stdout.dropLast()), "\(run.stderr)")
        #expect(inside > 0 && inside <= 64)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = ["-I", "-c", program]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        process.waitUntilExit()
        let outside = try #require(
            Int(String(decoding: output.fileHandleForReading.availableData, as: UTF8.self).dropLast()))
        #expect(outside > 96, "the control: without a sandbox more waits")
    }

    @Test func cpuTimeOfManyProcessesIsStoppedTogether() async throws {
        guard geteuid() == 0 else { return }
        let limits = SandboxLimits(cpus: 2, time: .seconds(20), cpuTime: .seconds(1))
        let run = try await Fixture().shell("for n in 1 2 3 4; do (while :; do :; done) & done; wait", limits: limits)
        guard case .stopped(let hit) = run.outcome.verdict else {
            Issue.record("\(run.outcome.verdict)")
            return
        }
        #expect(hit.kind == .cpuTime)
        #expect(hit.limit == 1000)
        #expect((1000..<2000).contains(hit.observed))
    }

    @Test func aProcessAloneIsStoppedWhereNothingCountsTheTree() async throws {
        let limits = SandboxLimits(cpus: 1, time: .seconds(20), cpuTime: .milliseconds(1))
        let run = try await Fixture().shell("ulimit -t", limits: limits)
        #expect(run.stdout == "1\n")
    }

    @Test func concurrentCommandsHaveDifferentHostIds() async throws {
        guard geteuid() == 0 else { return }
        let fixture = try Fixture()
        let users = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<4 { group.addTask { try await fixture.shell("cat /proc/self/uid_map; sleep 0.5").stdout } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(users).count == 4)
        #expect(users.allSatisfy { $0.split(separator: " ").first == "1000" })
    }
}
