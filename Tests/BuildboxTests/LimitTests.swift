import Foundation
import SystemPackage
import Testing

@Suite(.serialized) struct LimitTests {
    struct Bomb: CustomTestStringConvertible {
        let name: String
        let limit: String
        /// Bounded by a control group, which an ordinary user has only where one is delegated to it.
        var needsCgroup = false

        var testDescription: String { name }
    }

    static let bombs = [
        Bomb(name: "memory", limit: "memory", needsCgroup: true), Bomb(name: "fork", limit: "pids", needsCgroup: true),
        Bomb(name: "loop", limit: "time"), Bomb(name: "sigterm", limit: "time"), Bomb(name: "stop", limit: "time"),
        Bomb(name: "disk", limit: "disk"), Bomb(name: "inodes", limit: "inodes"), Bomb(name: "log", limit: "log"),
    ]

    struct Case: CustomTestStringConvertible {
        let user: EndToEnd.User
        let bomb: Bomb

        var testDescription: String { "\(bomb.name) as \(user)" }
    }

    /// An ordinary user's bombs that only a control group bounds are not run here: without one
    /// buildbox refuses to run at all (see SandboxTests), and scripts/test-vm delegates one.
    static let cases = EndToEnd.User.available.flatMap { user in
        bombs.filter { user == .root || !$0.needsCgroup }.map { Case(user: user, bomb: $0) }
    }

    private static let limits = [
        "--timeout", "6s", "--memory", "160MiB", "--disk", "64MiB", "--pids", "64", "--log-limit", "1MiB",
    ]

    /// Its phases are within their own time.
    @Test(arguments: EndToEnd.User.available)
    func aBuildThatTakesTooLongAsAWholeIsStopped(user: EndToEnd.User) throws {
        let test = try EndToEnd(user)
        defer { try? test.cleanUp() }
        let project = try test.project("bombs").string
        #expect(try test.buildbox(["run", "-w", "--run-timeout", "10m", project]).code == 0)
        let clean = try Leftovers.none()
        let words = ["--json", "-w", "--timeout", "10m", "--run-timeout", "4s", "-C", "bomb=loop", project]
        let run = try MarkedRun(test, words)
        let outcome = try run.running.finish()
        #expect(outcome.code == 3, "\(outcome.stderr.suffix(2000))")
        let document = try outcome.document()
        #expect(document["status"] as? String == "stopped")
        let reason = try #require(document["reason"] as? [String: Any])
        #expect((reason["limit"] as? [String: Any])?["name"] as? String == "run-time")
        #expect((reason["limit"] as? [String: Any])?["value"] as? Int == 4000)
        #expect((reason["observed"] as? Int ?? 0) >= 4000)
        #expect(try run.leftovers() == clean)
    }

    @Test(arguments: cases)
    func aBombEndsAtItsLimitAndLeavesNothing(case: Case) throws {
        let bomb = `case`.bomb
        let test = try EndToEnd(`case`.user)
        defer { try? test.cleanUp() }
        let project = try test.project("bombs")
        let clean = try Leftovers.none()
        let run = try MarkedRun(test, ["--json", "-w"] + Self.limits + ["-C", "bomb=\(bomb.name)", project.string])
        let outcome = try run.running.finish()
        #expect(outcome.code == 3, "\(outcome.stderr.suffix(2000))")
        let document = try outcome.document()
        #expect(document["status"] as? String == "stopped")
        let reason = try #require(document["reason"] as? [String: Any])
        let limit = try #require(reason["limit"] as? [String: Any])
        #expect(limit["name"] as? String == bomb.limit)
        let observed = try #require(reason["observed"] as? Int)
        let value = try #require(limit["value"] as? Int)
        #expect(observed >= value)
        #expect(try run.leftovers() == clean)
    }

    @Test(arguments: ["daemon", "orphan-stdout"])
    func whatABuildLeavesRunningDiesWithIt(bomb: String) throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        let project = try test.project("bombs")
        let clean = try Leftovers.none()
        let run = try MarkedRun(test, ["-w", "--timeout", "60s", "-C", "bomb=\(bomb)", project.string])
        let outcome = try run.running.finish()
        #expect(outcome.code == 0, "\(outcome.stderr.suffix(2000))")
        #expect(try run.leftovers() == clean)
    }

    @Test func theSameProjectBuildsWithinTheLimits() throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        let outcome = try test.buildbox(["run", "-w"] + Self.limits + [try test.project("bombs").string])
        #expect(outcome.code == 0, "\(outcome.stderr)")
    }

    @Test(arguments: [(SIGINT, 130), (SIGTERM, 8)] as [(Int32, Int32)])
    func aSignalCancelsCleanly(signal: Int32, code: Int32) throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        let clean = try Leftovers.none()
        let run = try inItsHook(test)
        kill(run.running.pid, signal)
        let outcome = try run.running.finish()
        #expect(outcome.code == code, "\(outcome.stderr)")
        #expect(outcome.stdout.isEmpty)
        #expect(try run.leftovers() == clean)
    }

    @Test func killedOutrightNothingOfItSurvives() throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        let clean = try Leftovers.none()
        let run = try inItsHook(test)
        kill(run.running.pid, SIGKILL)
        _ = try run.running.finish()
        // The launcher notices by itself, and clears up.
        let deadline = Date() + 20
        while try run.leftovers() != clean, Date() < deadline { sched_yield() }
        #expect(try run.leftovers() == clean)
    }

    /// A run whose build loops in its backend, seen to be there: the positive control of what
    /// must be gone afterwards.
    private func inItsHook(_ test: EndToEnd) throws -> MarkedRun {
        let run = try MarkedRun(test, ["-w", "-C", "bomb=loops", try test.project("bombs").string])
        while !run.running.stderr.contains("Building wheel"), run.running.process.isRunning { sched_yield() }
        let alive = try run.leftovers()
        #expect(!alive.processes.isEmpty)
        if geteuid() == 0 { #expect(!alive.cgroups.isEmpty) }
        return run
    }
}
