import BuildAPI
@testable import BuildService
import Foundation
import PythonBuild
import SystemPackage
import Testing

@Suite struct SchedulingTests {
    @Test func `no more run at once than may`() async throws {
        try await withService(builder: ScriptedBuilder(automatic: .init(prints: ["x"]))) { running in
            var ids: [String] = []
            for _ in 0..<30 { ids.append(try await running.submit().job.id) }
            for id in ids { #expect(try await running.end(of: id).state == .succeeded) }
            #expect(running.builder.mostRunning <= 2)
            #expect(running.builder.started.count == 30)
        }
    }

    @Test func `priority orders a grant's own jobs`() async throws {
        try await withService {
            $0.running = 1
        } _: { running in
            let first = try await running.submit().job.id
            await running.builder.waitForStarts(1)
            let low = try await running.submit { $0.priority = -1 }.job.id
            let high = try await running.submit { $0.priority = 1 }.job.id
            #expect(try await running.service.job(high, as: RunningService.alice).queuePosition == 0)
            #expect(try await running.service.job(low, as: RunningService.alice).queuePosition == 1)
            for id in [first, high, low] {
                running.builder.finish(id)
                _ = try await running.end(of: id)
            }
            #expect(running.builder.started == [first, high, low])
        }
    }

    @Test func `a queued job that is cancelled never starts, and its followers learn of its end`() async throws {
        try await withService {
            $0.running = 1
        } _: { running in
            let first = try await running.submit().job.id
            await running.builder.waitForStarts(1)
            let second = try await running.submit().job.id
            async let events = running.events(of: second)
            let job = try await running.service.cancel(second, as: RunningService.alice)
            #expect(job.state == .cancelled)
            #expect(job.result?.exitCode == ExitStatus.cancelled.rawValue)
            #expect(try await events.map(\.kind) == [.state(.queued), .end(.cancelled, exitCode: 8)])
            #expect(try await running.service.cancel(second, as: RunningService.alice).state == .cancelled)
            running.builder.finish(first)
            _ = try await running.end(of: first)
            #expect(running.builder.started == [first])
        }
    }

    @Test func `a running job that is cancelled is stopped`() async throws {
        try await withService { running in
            let id = try await running.submit().job.id
            await running.builder.waitForStarts(1)
            let job = try await running.service.cancel(id, as: RunningService.alice)
            #expect(job.cancelRequested)
            #expect(try await running.end(of: id).state == .cancelled)
            #expect(running.builder.cancelled == [id])
        }
    }

    @Test func `a job that waits too long is stopped by the clock`() async throws {
        try await withService {
            $0.running = 1
        } _: { running in
            let first = try await running.submit().job.id
            await running.builder.waitForStarts(1)
            let impatient = try await running.submit { $0.queueTimeoutS = 60 }.job.id
            let patient = try await running.submit().job.id
            // The look a second that every service has; a tick too early ends nothing.
            running.clock.advance(by: .seconds(59))
            await running.service.tick()
            #expect(try await running.service.job(impatient, as: RunningService.alice).state == .queued)
            running.clock.advance(by: .seconds(2))
            await running.service.tick()
            let job = try await running.end(of: impatient)
            #expect(job.state == .stopped)
            #expect(job.result?.reason?.limit?.name == "queue-time")
            #expect(job.result?.reason?.limit?.value == 60_000)
            #expect(job.result?.exitCode == ExitStatus.stoppedAtLimit.rawValue)
            #expect(try await running.service.job(patient, as: RunningService.alice).state == .queued)
            running.builder.finish(first)
            running.builder.finish(patient)
            #expect(try await running.end(of: patient).state == .succeeded)
            #expect(running.builder.started == [first, patient])
        }
    }

    @Test func `a job that runs too long is stopped, and says which limit it was`() async throws {
        try await withService { running in
            let id = try await running.submit { $0.runTimeoutS = 30 }.job.id
            await running.builder.waitForStarts(1)
            while running.builder.cancelled.isEmpty {
                running.clock.advance(by: .seconds(31))
                await Task.yield()
            }
            let job = try await running.end(of: id)
            #expect(job.state == .stopped)
            #expect(job.result?.reason?.limit?.name == "run-time")
            #expect(job.result?.reason?.limit?.value == 30_000)
        }
    }

    @Test func `a job that ended can be repeated, one that has not cannot`() async throws {
        try await withService { running in
            let id = try await running.submit { $0.verbosity = 1 }.job.id
            await #expect(throws: ServiceFault.self) { try await running.service.retry(id, as: RunningService.alice) }
            running.builder.finish(id, .init(status: .failed))
            #expect(try await running.end(of: id).state == .failed)
            let again = try await running.service.retry(id, as: RunningService.alice).job
            #expect(again.retryOf == id)
            #expect(again.request.verbosity == 1)
            running.builder.finish(again.id)
            #expect(try await running.end(of: again.id).state == .succeeded)
            #expect(try await running.service.job(id, as: RunningService.alice).state == .failed)
        }
    }

    @Test func `a drained service ends what runs, keeps what waits, and takes nothing`() async throws {
        try await withService {
            $0.running = 1
        } _: { running in
            let first = try await running.submit().job.id
            await running.builder.waitForStarts(1)
            let second = try await running.submit().job.id
            running.beginDrain()
            while running.service.readiness != .draining { await Task.yield() }
            await #expect(throws: ServiceFault.self) { try await running.submit() }
            running.builder.finish(first, .init(artifacts: ["a.whl": "w"]))
            try await running.waitForStop()
            #expect(try await running.service.job(first, as: RunningService.alice).state == .succeeded)
            #expect(try await running.service.job(second, as: RunningService.alice).state == .queued)
            #expect(running.builder.started == [first])
        }
    }

    @Test func `what still runs when the drain time is over goes back to the queue`() async throws {
        try await withService {
            $0.drainTime = .seconds(10)
        } _: { running in
            let id = try await running.submit().job.id
            await running.builder.waitForStarts(1)
            running.beginDrain()
            while running.builder.cancelled.isEmpty {
                running.clock.advance(by: .seconds(11))
                await Task.yield()
            }
            try await running.waitForStop()
            let job = try await running.service.job(id, as: RunningService.alice)
            #expect(job.state == .queued)
            #expect(job.attempt == 1)
        }
    }

    @Test func `waiting for an end gives the end, or the job as it is when the time is over`() async throws {
        try await withService { running in
            let id = try await running.submit().job.id
            await running.builder.waitForStarts(1)
            let early = try await running.service.waitForEnd(of: id, atMost: .zero, as: RunningService.alice)
            #expect(early.state == .running)
            async let late = running.service.waitForEnd(of: id, atMost: .seconds(60), as: RunningService.alice)
            running.builder.finish(id)
            #expect(try await late.state == .succeeded)
        }
    }

    @Test func `while nothing can be contained jobs wait and new ones are refused`() async throws {
        let builder = ScriptedBuilder(automatic: .init())
        builder.obstruct("no namespaces")
        try await withService(builder: builder) { running in
            #expect(running.service.readiness == .sandboxUnavailable("no namespaces"))
            await #expect(throws: ServiceFault.self) { try await running.submit() }
            builder.obstruct(nil)
            while running.service.readiness != .ready {
                running.clock.advance(by: .seconds(1))
                await Task.yield()
            }
            let id = try await running.submit().job.id
            #expect(try await running.end(of: id).state == .succeeded)
        }
    }

    @Test func `a second service of a home is refused, until the first has gone`() async throws {
        try await withService { running in
            var settings = running.service.settings
            #expect(throws: ServiceFault.self) { try BuildService(settings: settings, builder: running.builder) }
            settings.home = settings.home.removingLastComponent().appending("\(settings.home.lastComponent!)-2")
            #expect(throws: Never.self) { try BuildService(settings: settings, builder: running.builder) }
            try FileManager.default.removeItem(atPath: settings.home.string)
        }
    }
}
