import Sandbox
import Testing

@testable import PythonBuild

@Suite struct RunClockTests {
    /// Ends only when it is cancelled: the clock is what these tests wait for.
    private static func untilCancelled() async -> Result<Int, BuildFailure> {
        do {
            try await Task.sleep(for: .seconds(3600))
            return .success(0)
        } catch {
            return .failure(BuildFailure(.cancelled, "cancelled"))
        }
    }

    @Test func aRunThatTakesTooLongIsStoppedAtItsLimit() async throws {
        let result = await RunClock(limit: .milliseconds(20)).during { await Self.untilCancelled() }
        guard case .failure(let failure) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(failure.status == .stopped)
        #expect(failure.exitStatus == .stoppedAtLimit)
        let hit = try #require(failure.limit)
        #expect(hit.kind.rawValue == "run-time")
        #expect(hit.limit == 20)
        #expect(hit.observed >= 20)
    }

    @Test func aRunThatIsCancelledByItsCallerIsCancelled() async {
        let task = Task { await RunClock(limit: .seconds(3600)).during { await Self.untilCancelled() } }
        task.cancel()
        guard case .failure(let failure) = await task.value else {
            Issue.record("it was not cancelled")
            return
        }
        #expect(failure.code == .cancelled)
    }

    @Test(arguments: [nil, Duration.seconds(3600)])
    func aRunInTimeGivesWhatItGives(limit: Duration?) async throws {
        let result = await RunClock(limit: limit).during { Result<Int, BuildFailure>.success(7) }
        #expect(try result.get() == 7)
        let failed = await RunClock(limit: limit).during {
            Result<Int, BuildFailure>.failure(BuildFailure(.buildFailed, "no"))
        }
        #expect(throws: BuildFailure.self) { try failed.get() }
    }

    /// What ended well all the same is no failure.
    @Test func aRunThatEndsWellAfterItsTimeIsBuilt() async throws {
        let result = await RunClock(limit: .milliseconds(1)).during { () -> Result<Int, BuildFailure> in
            _ = await Self.untilCancelled()
            return .success(7)
        }
        #expect(try result.get() == 7)
    }
}
