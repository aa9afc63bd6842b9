import Logging
import Synchronization
import BuildAPI
import FoundationEssentials
import Linux
import PythonBuild
import SystemPackage

extension BuildService {
    /// Puts in order what an earlier process left, before the first job runs: dead runs, drafts, jobs that it ran.
    func recover() async throws(ServiceFault) {
        if let swept = await builder.sweep() { logger.notice("\(swept)") }
        while true {
            do throws(ServiceFault) {
                try await recoverStores()
                break
            } catch {
                guard error.code == .storeUnavailable, !isStopping else { throw error }
                failed(error)
                guard (try? await clock.sleep(until: clock.now + .seconds(5))) != nil else { throw error }
            }
        }
        let obstacle = await builder.obstacle()
        if let obstacle { logger.error("no build can be contained here", metadata: ["reason": "\(obstacle)"]) }
        state.withLock { state in
            state.obstacle = obstacle
            state.storeFault = nil
            if state.mode == .starting { state.mode = .running }
        }
        reportJobs()
    }

    /// Whether nobody is to wait for a store that does not work.
    var isStopping: Bool { Task.isCancelled || state.withLock { $0.isGivingUp || $0.mode == .draining } }

    private func recoverStores() async throws(ServiceFault) {
        try removeSpools()
        try await store.reconcileAudit(at: clock.now)
        try await store.sweepBlobs()
        try logs.sweep(try await store.all())
        // From the start: an earlier try may have got half way.
        state.withLock { $0.queue = FairQueue() }
        for job in try await store.unended() {
            ids.follow(job.id)
            if job.state == .running, !(try await recoverRunning(job)) { continue }
            state.withLock { $0.queue.insert(job.id, at: job.place) }
        }
        state.withLock { $0.nextDeadline = .distantPast }
    }

    /// A job that ran when the service died: that attempt is lost.
    ///
    /// - Returns: Whether it is queued again, at its old place.
    private func recoverRunning(_ job: UnendedJob) async throws(ServiceFault) -> Bool {
        let now = clock.now.wholeMilliseconds
        let applied = try await store.apply(.lost(most: settings.attempts), to: job.id, at: now, subject: nil) {
            JobEnding(result: BuildResult(of: $0, $1, at: now), at: now)
        }
        guard let (record, action) = applied else { return false }
        metrics.attemptLost()
        logger.warning(
            "a build was lost with the service",
            metadata: [
                "job": "\(job.id)", "attempt": "\(record.machine.attempt)", "state": "\(record.machine.state.rawValue)",
            ])
        let log = try logs.log(of: record)
        do throws(SystemCallError) {
            try AttemptLog.tellLost(log, attempt: record.machine.attempt, clock: clock, isQueued: action == .queueAgain)
        } catch {
            throw ServiceFault(.storeUnavailable, "cannot write to the log of the build \(job.id): \(error)")
        }
        if let end = record.end { log.finish(end) }
        return action == .queueAgain
    }

    private func removeSpools() throws(ServiceFault) {
        do {
            for name in try FileManager.default.contentsOfDirectory(atPath: files.spool.string) {
                try FileManager.default.removeItem(atPath: files.spool.appending(name).string)
            }
        } catch {
            throw ServiceFault(.storeUnavailable, "cannot clear \(files.spool): \(error)")
        }
    }
}
