/// Whether new jobs are taken.
public enum Readiness: Equatable, Sendable {
    case ready
    /// It runs what was left behind first, or has not been started.
    case starting
    /// It ends its running jobs and takes no new ones.
    case draining
    /// Jobs cannot be promised: the disk is full, read-only or broken.
    case storeUnavailable(String)
    /// No build could be contained here.
    case sandboxUnavailable(String)
}
