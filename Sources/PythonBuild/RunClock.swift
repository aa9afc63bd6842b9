import Sandbox

/// Ends a whole run when its time is over.
struct RunClock: Sendable {
    /// Nil: the run has all the time that it takes.
    let limit: Duration?

    /// Cancels `body` when the time is over, and waits for it all the same: nothing of it runs on.
    ///
    /// - Returns: What `body` gave; where it failed because it was cancelled here, the limit is the failure.
    func during<Success: Sendable>(
        _ body: @escaping @Sendable () async -> Result<Success, BuildFailure>
    ) async -> Result<Success, BuildFailure> {
        guard let limit else { return await body() }
        let began = ContinuousClock.now
        return await withTaskGroup(of: Result<Success, BuildFailure>?.self) { group in
            group.addTask { await body() }
            group.addTask {
                do {
                    try await Task.sleep(for: limit)
                } catch {
                    // Cancelled: by the caller, of which the body hears by itself, or because the body is done.
                }
                return nil
            }
            var isOver = false
            while let end = await group.next() {
                guard let result = end else {
                    isOver = began.duration(to: .now) >= limit
                    if isOver { group.cancelAll() }
                    continue
                }
                group.cancelAll()
                guard isOver, case .failure(let failure) = result, failure.code == .cancelled else { return result }
                let hit = LimitHit(
                    kind: .runTime, limit: milliseconds(limit), observed: milliseconds(began.duration(to: .now)))
                return .failure(BuildFailure(.limit, hit.message(doing: "the build"), limit: hit))
            }
            return .failure(BuildFailure(.internalFault, "the run ended without a result"))
        }
    }

    private func milliseconds(_ duration: Duration) -> UInt64 { UInt64(max(0, duration / .milliseconds(1))) }
}
