import PythonBuild
import Synchronization

/// A job that runs: how it is stopped, and how far it is.
final class RunningJob: Sendable {
    /// Why it is being stopped.
    enum Cause: Equatable, Sendable {
        /// Somebody asked for it.
        case cancelled
        /// The whole job's time is over.
        case runTime
        /// The service stops; the job is to run again.
        case shutdown
    }

    private struct State {
        var cause: Cause?
        var cancel: (@Sendable () -> Void)?
        var phase: Phase?
    }

    let id: JobID
    private let state = Mutex(State())

    init(id: JobID) {
        self.id = id
    }

    /// The first cause that there was.
    var cause: Cause? { state.withLock { $0.cause } }

    var phase: Phase? { state.withLock { $0.phase } }

    func enter(_ phase: Phase?) { state.withLock { $0.phase = phase } }

    /// Stops the build; before it has begun, as soon as it does.
    func stop(_ cause: Cause) {
        let cancel = state.withLock { state in
            if state.cause == nil { state.cause = cause }
            return state.cancel
        }
        cancel?()
    }

    /// The build has begun: `cancel` stops it.
    func begin(_ cancel: @escaping @Sendable () -> Void) {
        let stopped = state.withLock { state in
            state.cancel = cancel
            return state.cause != nil
        }
        if stopped { cancel() }
    }
}
