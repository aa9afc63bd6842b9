public import FoundationEssentials

/// The system's clock (CLOCK_REALTIME).
public struct SystemClock: ServiceClock {
    public init() {}

    public var now: Date { Date() }

    public func sleep(until date: Date) async throws {
        // A clock that was set back is asked again.
        while true {
            let left = date.timeIntervalSinceNow
            guard left > 0 else { return }
            try await Task.sleep(for: .milliseconds(Int64(min(left, 3600) * 1000) + 1))
        }
    }
}
