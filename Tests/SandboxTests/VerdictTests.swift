import Sandbox
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
}
