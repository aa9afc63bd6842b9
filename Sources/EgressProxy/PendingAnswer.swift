import NIOCore
import Synchronization

/// An answer that is given once, by whoever is first, and may come before somebody waits for it.
final class PendingAnswer: Sendable {
    typealias Answer = Result<[SocketAddress], EgressError>

    private struct State {
        var waiting: CheckedContinuation<Answer, Never>?
        var early: Answer?
        var given = false
    }

    private let state = Mutex(State())

    func await(_ continuation: CheckedContinuation<Answer, Never>) {
        let early = state.withLock { state in
            if !state.given { state.waiting = continuation }
            return state.early
        }
        if let early { continuation.resume(returning: early) }
    }

    func give(_ answer: Answer) {
        let waiting = state.withLock { state in
            guard !state.given else { return nil as CheckedContinuation<Answer, Never>? }
            state.given = true
            if state.waiting == nil { state.early = answer }
            return state.waiting.take()
        }
        waiting?.resume(returning: answer)
    }
}
