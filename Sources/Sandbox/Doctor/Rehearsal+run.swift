import SandboxProtocol
import SystemPackage

extension Rehearsal {
    /// Runs /bin/true as builds are run. Where only cgroup limits are missing it runs again without them.
    static func run(launcher: FilePath, answers: Bool, state: FilePath, profile: FilePath) async -> Rehearsal {
        guard answers else { return .notTried("the launcher is not in order") }
        do throws(SandboxError) {
            let sandbox = try Sandbox(
                launcher: launcher, cache: state.appending("filters"),
                ledger: RunLedger(folder: state.appending("runs")))
            let profile = try SandboxProfile(contentsOf: profile)
            do throws(SandboxError) {
                return .passed(try await layers(of: sandbox, profile, without: []))
            } catch {
                let refusal = error.message
                guard error.code == .layerUnavailable else { return .refused(refusal, without: nil) }
                do throws(SandboxError) {
                    return .refused(refusal, without: try await layers(of: sandbox, profile, without: .cgroupLimits))
                } catch {
                    return .refused(refusal, without: nil)
                }
            }
        } catch {
            return .refused(error.message, without: nil)
        }
    }

    private static func layers(
        of sandbox: Sandbox, _ profile: SandboxProfile, without missing: LayerSet
    ) async throws(SandboxError) -> LayerSet {
        let limits = SandboxLimits(memoryBytes: 64 << 20, diskBytes: 16 << 20, pids: 16, time: .seconds(10))
        let request = SandboxRequest(
            arguments: ["/bin/true"], limits: limits, profile: profile, allowMissing: missing)
        let outcome = try await sandbox.run(request) { _, _ in }
        guard outcome.verdict.succeeded else {
            throw SandboxError(.setUp, "a contained /bin/true did not succeed: \(outcome.verdict)")
        }
        return outcome.layers
    }
}
