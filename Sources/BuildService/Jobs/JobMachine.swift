import BuildAPI

/// The life of a job: what happens to it goes in, what is to be done comes out. It has no store, no clock and no
/// build; an event that comes too late, or twice, changes nothing.
struct JobMachine: Equatable, Sendable {
    private(set) var state: JobState
    /// How often it was started.
    private(set) var attempt: Int
    /// How many of its attempts were lost together with the service.
    private(set) var lost: Int
    /// Asked to end while it ran.
    private(set) var cancelRequested: Bool

    enum Event: Equatable, Sendable {
        /// The person whom the policy asks let it through, or did not.
        case approve
        case deny
        /// Its turn has come.
        case start
        case cancel
        /// It has waited as long as it may, for its turn or for an approval.
        case queueTimeOver
        /// An attempt ended by itself, or by being stopped.
        case ended(attempt: Int, JobState)
        /// The service stopped an attempt because it stops itself; that is not counted against the job.
        case handedBack(attempt: Int)
        /// The service died while an attempt ran. A job may lose `most`.
        case lost(most: Int)
    }

    enum Action: Equatable, Sendable {
        case nothing
        /// It was approved, and may wait for its turn.
        case queue
        case run(attempt: Int)
        case stop(attempt: Int)
        case queueAgain
        case finish(End)
    }

    /// Why it ended.
    enum End: Equatable, Sendable {
        /// As the result of its build says.
        case build
        case cancelled
        case queueTime
        case attemptsExhausted
        /// By the person whom the policy asks.
        case denied
        /// Nobody answered in time.
        case approvalExpired
    }

    init(state: JobState = .queued, attempt: Int = 0, lost: Int = 0, cancelRequested: Bool = false) {
        self.state = state
        self.attempt = attempt
        self.lost = lost
        self.cancelRequested = cancelRequested
    }

    mutating func handle(_ event: Event) -> Action {
        switch (state, event) {
        case (.awaitingApproval, .approve):
            state = .queued
            return .queue
        case (.awaitingApproval, .deny):
            return finish(.denied, as: .refused)
        case (.awaitingApproval, .queueTimeOver):
            return finish(.approvalExpired, as: .refused)
        case (.awaitingApproval, .cancel):
            return finish(.cancelled, as: .cancelled)
        case (.queued, .start):
            state = .running
            attempt += 1
            return .run(attempt: attempt)
        case (.queued, .cancel):
            return finish(.cancelled, as: .cancelled)
        case (.queued, .queueTimeOver):
            return finish(.queueTime, as: .stopped)
        case (.running, .cancel) where !cancelRequested:
            cancelRequested = true
            return .stop(attempt: attempt)
        case (.running, .ended(attempt, let end)) where end.isEnd:
            return finish(.build, as: end)
        case (.running, .handedBack(attempt)):
            return queueAgain()
        case (.running, .lost(let most)):
            lost += 1
            return lost >= most && !cancelRequested ? finish(.attemptsExhausted, as: .error) : queueAgain()
        default:
            return .nothing
        }
    }

    /// A job that was asked to end does not run again.
    private mutating func queueAgain() -> Action {
        if cancelRequested { return finish(.cancelled, as: .cancelled) }
        state = .queued
        return .queueAgain
    }

    private mutating func finish(_ end: End, as state: JobState) -> Action {
        self.state = state
        return .finish(end)
    }
}
