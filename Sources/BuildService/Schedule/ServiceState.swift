import BuildAPI
import FoundationEssentials

/// What the service holds in memory: the queue, who runs, and whether new jobs are taken.
struct ServiceState {
    enum Mode: Equatable {
        case starting, running, draining
    }

    var mode = Mode.starting
    var queue = FairQueue()
    /// Places in the queue that are promised while a job is being committed.
    var reserved: [String: Int] = [:]
    var reservedInAll = 0
    var running: [JobID: RunningJob] = [:]
    /// When the next queued job has waited long enough; nil when none has to be looked for.
    var nextDeadline: Date?
    var storeFault: String?
    var obstacle: String?
    /// The drain time is over: nobody waits for a store that does not work.
    var isGivingUp = false
    /// Idempotency-Keys of requests that are being answered, with their grants.
    var claims: Set<String> = []

    /// Promises a place in the queue.
    mutating func reserve(_ grant: String, settings: ServiceSettings) throws(ServiceFault) {
        let own = queue.queued(of: grant) + reserved[grant, default: 0]
        guard own < settings.queuedPerGrant else {
            throw ServiceFault(
                .grantQueueFull,
                "the grant \(grant) has \(own) builds in the queue, the most it may have: wait until some have started",
                retryAfter: wait(for: queue.queued(of: grant), settings))
        }
        let all = queue.queued + reservedInAll
        guard all < settings.queued else {
            throw ServiceFault(
                .queueFull, "there are \(all) builds in the queue, the most it holds: try again later",
                retryAfter: wait(for: queue.queued, settings))
        }
        reserved[grant, default: 0] += 1
        reservedInAll += 1
    }

    mutating func release(_ grant: String) {
        let left = reserved[grant, default: 1] - 1
        reserved[grant] = left > 0 ? left : nil
        reservedInAll -= 1
    }

    /// Seconds until a place may be free, roughly: a build takes some seconds.
    private func wait(for queued: Int, _ settings: ServiceSettings) -> Int {
        min(60, max(1, queued / (settings.running * 20)))
    }
}
