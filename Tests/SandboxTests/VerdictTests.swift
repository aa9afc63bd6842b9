import Sandbox
import SandboxProtocol
import Testing

@Suite struct VerdictTests {
    @Test func aCommandThatSucceedsExitsZero() async throws {
        let run = try await Fixture().run(["/bin/true"])
        #expect(run.outcome.verdict == .exited(code: 0))
    }

    @Test func theExitCodeIsTheCommandsOwn() async throws {
        let run = try await Fixture().shell("echo out; echo err >&2; exit 7")
        #expect(run.outcome.verdict == .exited(code: 7))
        #expect(run.stdout == "out\n")
        #expect(run.stderr == "err\n")
    }

    @Test func aSignalIsTold() async throws {
        let run = try await Fixture().shell("kill -SEGV $$")
        #expect(run.outcome.verdict == .signalled(11))
    }

    @Test func look() async throws {
        let run = try await Fixture().shell("id; ls -la / /dev /etc; cat /proc/self/status | grep -E 'Cap|NoNew|Secc'; cat /proc/self/cgroup; mount; ls -la /proc/self/fd; env")
        print(run.stdout, run.stderr, run.outcome.timings, run.outcome.usage, run.outcome.layers.layers)
    }
}
