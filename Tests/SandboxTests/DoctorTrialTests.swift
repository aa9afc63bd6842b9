import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import Sandbox

@Suite(.serialized) struct DoctorTrialTests {
    @Test func whatSucceedsHasPassed() {
        #expect(Trial.run { _ in } == .passed)
    }

    @Test func whatFailsTellsItsStepAndErrorNumber() {
        let ending = Trial.run { _ throws(TrialFault) in try step("close nothing") { close(-1) } }
        #expect(ending == .failed(step: "close nothing", errno: EBADF))
    }

    @Test func whatHangsIsKilled() {
        #expect(Trial.run(seconds: 1) { _ in while true { pause() } } == .timedOut(seconds: 1))
    }

    @Test func whatIsKilledIsToldBySignal() {
        #expect(Trial.run { _ in kill(getpid(), SIGSYS) } == .signalled(SIGSYS))
    }

    @Test func everyPrimitiveThatATrialNeedsIsTried() {
        let endings = PrimitiveTrials(identity: HostIDPool.ofTrials).run()
        #expect(Set(endings.keys) == Set(Primitive.allCases))
        #expect(!endings.values.contains(.timedOut(seconds: 5)))
    }

    @Test func thisBuildsLauncherAnswers() {
        #expect(LauncherState.ask(Fixture.launcher) == .answers)
    }

    @Test func whatIsNoLauncherIsToldFromOne() {
        #expect(LauncherState.ask("/nonexistent/buildbox-launcher") == .absent)
        #expect(LauncherState.ask("/etc/passwd") == .notExecutable)
        #expect(LauncherState.ask("/bin/true") == .nonsense)
        // `sleep 3 3`, which is longer than it is waited for.
        #expect(LauncherState.ask("/bin/sleep", seconds: 1) == .silent(seconds: 1))
    }

    @Test(arguments: [
        (true, ["/.dockerenv"], "", "0::/\n", Surroundings.docker), (false, ["/.dockerenv"], "", "0::/\n", .host),
        (true, ["/run/.containerenv"], "", "", .podman), (true, [], "systemd-nspawn", "", .container),
        (true, [], "", "0::/kubepods.slice/x\n", .kubernetes), (false, [], "", "0::/user.slice/a.scope\n", .host),
    ])
    func surroundingsAreGuessedByWhatEnginesLeave(
        apart: Bool, files: [String], manager: String, groups: String, expected: Surroundings
    ) {
        #expect(
            Surroundings.guess(apart: apart, files: Set(files), variables: [], manager: manager, groups: groups)
                == expected)
    }

    @Test func aServiceIsToldFromASession() {
        func guess(_ groups: String) -> Surroundings {
            Surroundings.guess(apart: false, files: [], variables: ["INVOCATION_ID"], manager: "", groups: groups)
        }
        #expect(guess("0::/system.slice/ci.service\n") == .service)
        #expect(guess("0::/user.slice/user-1000.slice/user@1000.service/app.slice/a.scope\n") == .host)
        #expect(HostFacts.unit(of: "0::/system.slice/ci.service\n") == "ci.service")
    }
}
