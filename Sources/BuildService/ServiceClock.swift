public import FoundationEssentials

/// The time of day, as deadlines, retention and expiry need it; tests stand another in.
public protocol ServiceClock: Sendable {
    var now: Date { get }

    /// Returns at that time or later.
    ///
    /// - Throws: `CancellationError` when the task is cancelled meanwhile.
    func sleep(until date: Date) async throws
}
