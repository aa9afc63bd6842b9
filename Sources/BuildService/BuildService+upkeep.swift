import Logging
import Synchronization
import BuildAPI
import FoundationEssentials
import PythonBuild

extension BuildService {
    /// What is looked after once a second, and once a minute.
    func keepUp() async {
        var nextTidying = clock.now
        while (try? await clock.sleep(until: clock.now + .seconds(1))) != nil {
            await tick()
            guard clock.now >= nextTidying else { continue }
            nextTidying = clock.now + .seconds(60)
            await tidy()
        }
    }

    /// Ends jobs that waited too long, and finds out whether what did not work does again.
    func tick() async {
        let now = clock.now
        policy?.reloadIfChanged()
        let (isDue, isFaulty, isObstructed) = state.withLock { state in
            (state.nextDeadline.map { $0 <= now } ?? false, state.storeFault != nil, state.obstacle != nil)
        }
        if isFaulty { await probeStore() }
        if isObstructed, let seconds = Int(exactly: now.timeIntervalSince1970.rounded()), seconds.isMultiple(of: 15) {
            let obstacle = await builder.obstacle()
            state.withLock { $0.obstacle = obstacle }
            if obstacle == nil { wake.raise() }
        }
        guard isDue else { return }
        do throws(ServiceFault) {
            try await endOverdue()
        } catch {
            failed(error)
        }
    }

    /// Forgets what has been kept long enough. Jobs that run, wait or are being read stay.
    func tidy() async {
        let now = clock.now
        do throws(ServiceFault) {
            let old = try await store.expired(endedBefore: now - settings.retentionAge, bytes: settings.retentionBytes)
            for id in old where !logs.isOpen(id) {
                if try await store.delete(id, at: now, subject: nil) { forgetFiles(of: id) }
            }
            let removed = try await store.collect(
                keysBefore: now - settings.idempotencyLife, uploadsBefore: now - settings.uploadLife)
            try await policyStore.sweepCounters(keptSeconds: SQLiteCounterStore.kept(for: policy?.policy))
            if !old.isEmpty || removed > 0 {
                logger.info("tidied up", metadata: ["builds": "\(old.count)", "blobs": "\(removed)"])
            }
        } catch {
            failed(error)
            logger.error("cannot tidy up", metadata: ["reason": "\(error.message)"])
        }
    }

    private func probeStore() async {
        do throws(ServiceFault) {
            try await store.probe(at: clock.now)
        } catch {
            return
        }
        state.withLock { $0.storeFault = nil }
        logger.notice("the store works again")
        storeChanged.raise()
        wake.raise()
    }

    private func endOverdue() async throws(ServiceFault) {
        let now = clock.now.wholeMilliseconds
        // What is admitted meanwhile sets it again.
        state.withLock { $0.nextDeadline = nil }
        let (jobs, next) = try await store.overdue(at: now)
        for id in jobs {
            let applied = try await store.apply(.queueTimeOver, to: id, at: now, subject: nil) {
                JobEnding(result: BuildResult(of: $0, $1, at: now), at: now)
            }
            if let (record, action) = applied, case .finish = action { ended(record) }
        }
        state.withLock { state in
            guard let next else { return }
            state.nextDeadline = state.nextDeadline.map { min($0, next) } ?? next
        }
    }
}
