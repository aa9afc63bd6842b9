/// Where a job stands. All but the first two are ends, and spelled like the status of its result.
public enum JobState: String, Codable, CaseIterable, Sendable {
    case queued, running
    case succeeded, failed, stopped, refused, cancelled, error

    public var isEnd: Bool { self != .queued && self != .running }
}
