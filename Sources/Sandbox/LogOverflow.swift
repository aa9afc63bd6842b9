/// What happens to a run that prints more than its log limit.
public enum LogOverflow: String, CaseIterable, Sendable {
    /// It is stopped.
    case stop
    /// It goes on; the first and the last half of the limit are kept, what lies between is counted
    /// and dropped.
    case trim
}
