/// Exit codes of `buildbox run` and of everything that follows a build.
public enum ExitStatus: Int32, Sendable, Codable {
    case built = 0
    case buildFailed = 1
    case usage = 2
    case stoppedAtLimit = 3
    case noSandbox = 4
    case refusedByPolicy = 5
    case notProvisioned = 6
    case artifactRejected = 7
    case cancelled = 8
    case internalFault = 9
    case interrupted = 130
}
