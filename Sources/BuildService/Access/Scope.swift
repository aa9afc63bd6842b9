/// What a caller may do with the jobs of its grant.
public enum Scope: String, Codable, CaseIterable, Comparable, Sendable {
    /// Post builds and uploads; cancel, retry and delete them.
    case build
    /// Read jobs, logs, results and artifacts.
    case read
    /// Approve or deny what waits for approval.
    case approve
    /// Everything, with the jobs of every grant.
    case admin

    public static func < (left: Scope, right: Scope) -> Bool { left.rawValue < right.rawValue }
}
