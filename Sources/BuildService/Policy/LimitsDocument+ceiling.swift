import BuildAPI
import Policy
import Sandbox

extension Optional<LimitsDocument> {
    /// The limits of a build that a policy bounds: what was asked for stays, having been found small enough, and
    /// what was not is no more than the policy's largest.
    func bounded(by ceiling: BuildCeiling) -> LimitsDocument? {
        guard !ceiling.isEmpty else { return self }
        let usual = SandboxLimits()
        var limits = self ?? LimitsDocument()
        if let most = ceiling.memoryBytes, limits.memoryBytes == nil {
            limits.memoryBytes = Swift.min(most, usual.memoryBytes)
        }
        if let most = ceiling.timeMs, limits.timeMs == nil {
            limits.timeMs = Swift.min(most, UInt64(usual.time / .milliseconds(1)))
        }
        if let most = ceiling.cpus, limits.cpus == nil { limits.cpus = Swift.min(most, usual.cpus) }
        return limits
    }
}
