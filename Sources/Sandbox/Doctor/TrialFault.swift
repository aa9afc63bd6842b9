import Linux

/// The step at which a trial failed. No allocation: it is made in a forked child.
struct TrialFault: Error {
    let step: StaticString
    let errno: Int32
}

/// Runs a system call of a trial.
@discardableResult
func step<Result: SignedInteger>(_ what: StaticString, _ call: () -> Result) throws(TrialFault) -> Result {
    do throws(SystemCallError) {
        return try system(call)
    } catch {
        throw TrialFault(step: what, errno: error.code)
    }
}
