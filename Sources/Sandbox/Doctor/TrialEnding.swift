import Linux

/// How a trial ended.
enum TrialEnding: Equatable, Sendable {
    case passed
    case failed(step: String, errno: Int32)
    /// The kernel, or a seccomp filter of the host, killed it.
    case signalled(Int32)
    /// It did not end in time and was killed.
    case timedOut(seconds: Int)
    /// Something else that it needs is missing.
    case notTried

    /// In words for people.
    var account: String {
        switch self {
        case .passed: "it holds"
        case .failed(let step, let errno): "\(step): \(SystemCallError(errno))"
        case .signalled(let signal): "the trial was killed by signal \(signal)"
        case .timedOut(let seconds): "no answer within \(seconds) s"
        case .notTried: "not tried"
        }
    }

    var errno: Int32? {
        if case .failed(_, let errno) = self { errno } else { nil }
    }
}
