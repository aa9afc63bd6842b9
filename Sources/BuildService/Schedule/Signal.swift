import Synchronization

/// Wakes tasks that wait for something to change. Whoever looks first and then waits for a change since that look
/// misses none.
final class Signal: Sendable {
    private struct State {
        var generation: UInt64 = 0
        var next: UInt64 = 0
        var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    /// How often it was raised.
    var generation: UInt64 { state.withLock { $0.generation } }

    /// Tasks that wait.
    var waiters: Int { state.withLock { $0.waiting.count } }

    func raise() {
        let waiting = state.withLock { state in
            state.generation += 1
            defer { state.waiting = [:] }
            return state.waiting
        }
        for continuation in waiting.values { continuation.resume() }
    }

    /// Returns once it was raised after `generation`, or when the task is cancelled.
    func wait(past generation: UInt64) async {
        let key = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let now = state.withLock { state in
                    // The handler below may have run already: then it found nobody to wake.
                    if state.generation > generation || Task.isCancelled { return true }
                    state.waiting[key] = continuation
                    return false
                }
                if now { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: key) }?.resume()
        }
    }
}
