import FoundationEssentials

/// Keeps refusals, which anybody can cause, from filling the disk: so many lines a second, and a count of the rest.
struct AuditLimiter: Sendable {
    static let mostASecond = 20
    private var second: Int64 = 0
    private var inSecond = 0
    private var suppressed = 0

    /// The event with the number of those that were left out before it; nil when it is to be left out itself.
    mutating func pass(_ event: AuditEvent, at now: Date) -> AuditEvent? {
        let current = now.milliseconds / 1000
        if current != second {
            second = current
            inSecond = 0
        }
        guard inSecond < Self.mostASecond else {
            suppressed += 1
            return nil
        }
        inSecond += 1
        var event = event
        if suppressed > 0 { event.details["left_out"] = "\(suppressed)" }
        suppressed = 0
        return event
    }
}
