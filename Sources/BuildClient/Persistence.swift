import Synchronization

/// One call's failures in a row, and the decision to go on.
struct Persistence {
    let policy: RetryPolicy
    /// Whether the server has ever answered this client.
    let reached: Reached
    /// Told to people before each pause.
    let remark: @Sendable (String) -> Void
    private var failures = 0
    private var failingSince = ContinuousClock.now

    /// Set by the first answer.
    final class Reached: Sendable {
        private let flag = Atomic(false)

        var value: Bool { flag.load(ordering: .relaxed) }

        func set() { flag.store(true, ordering: .relaxed) }
    }

    init(policy: RetryPolicy, reached: Reached, remark: @escaping @Sendable (String) -> Void) {
        self.policy = policy
        self.reached = reached
        self.remark = remark
    }

    /// Something arrived: the count begins anew.
    mutating func progressed() {
        if failures > 0 { remark("the server answers again") }
        failures = 0
    }

    /// Waits before the next try.
    ///
    /// - Throws: The error, when another try makes no sense or would come too late.
    mutating func pause(after error: ClientError) async throws(ClientError) {
        guard error.isTransient else { throw error }
        if failures == 0 { failingSince = .now }
        failures += 1
        let pause = error.retryAfter.map { min(.seconds($0), policy.longestPause) } ?? policy.pause(after: failures)
        // A connection that broke was one.
        let isFirst = error.code == .unreachable && !reached.value
        let patience = isFirst ? policy.firstPatience : policy.patience
        guard failingSince.duration(to: .now) + pause <= patience else { throw error }
        if failures == 1 { remark("\(error.message); trying again for \(patience / .seconds(1)) s") }
        do {
            try await Task.sleep(for: pause)
        } catch {
            throw ClientError(.cancelled, "given up")
        }
    }
}
