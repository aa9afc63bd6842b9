import BuildService
import Synchronization

/// Tells the audit log of refused authentications, at most so many a minute: whoever has no token must not be able to
/// fill the disk. Those that were left out are counted in the next one.
final class RefusalLog: Sendable {
    private struct State {
        var windowBegan: ContinuousClock.Instant?
        var told = 0
        var leftOut = 0
    }

    private let most: Int
    private let now: @Sendable () -> ContinuousClock.Instant
    private let write: @Sendable (AuditEvent) -> Void
    private let state = Mutex(State())

    init(
        most: Int = 60, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        write: @escaping @Sendable (AuditEvent) -> Void
    ) {
        self.most = most
        self.now = now
        self.write = write
    }

    func note(_ reason: String) {
        let time = now()
        let leftOut: Int? = state.withLock { state in
            if state.windowBegan.map({ time - $0 >= .seconds(60) }) ?? true {
                state.windowBegan = time
                state.told = 0
            }
            guard state.told < most else {
                state.leftOut += 1
                return nil
            }
            state.told += 1
            defer { state.leftOut = 0 }
            return state.leftOut
        }
        guard let leftOut else { return }
        let details = leftOut > 0 ? ["left_out_before": "\(leftOut)"] : [:]
        write(AuditEvent(.authenticationRefused, decision: .refused, reason: reason, details: details))
    }
}
