/// Where a job stands. All but the first three are ends, and spelled like the status of its result.
public enum JobState: String, Codable, CaseIterable, Sendable {
    /// The policy wants a person to approve it first.
    case awaitingApproval = "awaiting_approval"
    case queued, running
    case succeeded, failed, stopped, refused, cancelled, error

    public var isEnd: Bool { self != .awaitingApproval && self != .queued && self != .running }
}
