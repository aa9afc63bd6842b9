import Logging
import Synchronization
import BuildAPI
import FoundationEssentials
import Linux
import PythonBuild
import ServiceLifecycle
import SystemPackage

extension BuildService {
    /// Recovers what was left behind, then runs jobs. On graceful shutdown no more are taken or started, and it returns
    /// when the running ones have ended, or have gone back to the queue after the drain time. Cancelling the task stops
    /// them at once; they go back to the queue too.
    ///
    /// - Throws: ``ServiceFault`` when what was left behind cannot be recovered, for another reason than a disk that does
    ///   not take it: that is waited for.
    public func run() async throws {
        try await withGracefulShutdownHandler {
            try await recover()
            audit(AuditEvent(.serviceStarted))
            await withDiscardingTaskGroup { group in
                let upkeep = Task { await self.keepUp() }
                var drain: Task<Void, Never>?
                while !Task.isCancelled {
                    let generation = wake.generation
                    while let (job, place) = next() {
                        group.addTask { await self.perform(job, from: place) }
                    }
                    if isDraining {
                        if state.withLock({ $0.running.isEmpty }) { break }
                        if drain == nil { drain = Task { await self.endDrain() } }
                    }
                    await wake.wait(past: generation)
                }
                // Cancelled, or drained: jobs that still run are handed back by their own tasks.
                state.withLock { $0.mode = .draining }
                drain?.cancel()
                upkeep.cancel()
                await upkeep.value
            }
            audit(AuditEvent(.serviceStopped))
        } onGracefulShutdown: {
            self.state.withLock { $0.mode = .draining }
            self.logger.notice("stopping: running builds go on to their end, no new ones are taken")
            self.wake.raise()
            self.storeChanged.raise()
        }
    }

    private var isDraining: Bool { state.withLock { $0.mode == .draining } }

    /// After the drain time what still runs is stopped, to run again another time.
    private func endDrain() async {
        guard (try? await clock.sleep(until: clock.now + settings.drainTime)) != nil else { return }
        let running = state.withLock { state in
            state.isGivingUp = true
            return Array(state.running.values)
        }
        for job in running { job.stop(.shutdown) }
        storeChanged.raise()
    }

    /// The next job, if one may start.
    private func next() -> (RunningJob, FairQueue.Place)? {
        state.withLock { state in
            guard state.mode == .running, state.storeFault == nil, state.obstacle == nil,
                state.queue.running < settings.running, let (id, place) = state.queue.next()
            else { return nil }
            let job = RunningJob(id: id)
            state.running[id] = job
            return (job, place)
        }
    }

    /// One attempt at a job, from its start in the store to its end there.
    private func perform(_ job: RunningJob, from place: FairQueue.Place) async {
        reportJobs()
        let isQueuedAgain = await attempt(job)
        state.withLock { state in
            state.running[job.id] = nil
            state.queue.ended(of: place.grant)
            if isQueuedAgain { state.queue.insert(job.id, at: place) }
        }
        wake.raise()
        reportJobs()
    }

    /// - Returns: Whether the job is to be queued again.
    private func attempt(_ job: RunningJob) async -> Bool {
        let now = clock.now.wholeMilliseconds
        let started: (record: JobRecord, action: JobMachine.Action)?
        do throws(ServiceFault) {
            started = try await store.apply(.start, to: job.id, at: now, subject: nil) { record, end in
                JobEnding(result: BuildResult(of: record, end, at: now), at: now)
            }
        } catch {
            failed(error)
            logger.error("cannot start a build", metadata: ["job": "\(job.id)", "reason": "\(error.message)"])
            // Nothing was begun.
            return true
        }
        guard let (record, action) = started, case .run(let attempt) = action else { return false }
        metrics.waited(now.timeIntervalSince(record.createdAt))
        return await AttemptRun(service: self, job: job, record: record, attempt: attempt).run()
    }

    /// Does something that must be done, however long the store does not work.
    ///
    /// - Returns: Nil when the service stops before it could be done, or it cannot be done at all: at its next start the
    ///   service finds the job running, and takes the attempt for lost.
    func insist<Value>(
        _ what: String, _ job: JobID, _ body: () async throws(ServiceFault) -> Value
    ) async -> Value? {
        while true {
            let generation = storeChanged.generation
            do throws(ServiceFault) {
                return try await body()
            } catch {
                failed(error)
                logger.error("cannot \(what)", metadata: ["job": "\(job)", "reason": "\(error.message)"])
                let isOver = error.code != .storeUnavailable || Task.isCancelled || state.withLock { $0.isGivingUp }
                if isOver { return nil }
            }
            await storeChanged.wait(past: generation)
        }
    }

    func reportJobs() {
        let (queued, running) = state.withLock { ($0.queue.queued, $0.running.count) }
        metrics.jobs(queued: queued, running: running)
    }
}
