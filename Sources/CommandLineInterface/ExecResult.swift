import Foundation
import PythonBuild
import Sandbox
import SandboxProtocol

/// The result document of `exec`, `buildbox.exec/v1`.
struct ExecResult: Encodable {
    var schema = "buildbox.exec/v1"
    /// `exited`, `signalled`, `stopped` or `cancelled`.
    var verdict: String
    var exitCode: Int32
    var signal: Int32?
    var limit: BuildResult.Limit?
    var observed: UInt64?
    var resources: BuildResult.Resources
    var sandbox: BuildResult.SandboxReport

    init(_ outcome: SandboxOutcome, profile: String, exitCode: Int32) {
        self.exitCode = exitCode
        switch outcome.verdict {
        case .exited: verdict = "exited"
        case .signalled(let number):
            verdict = "signalled"
            signal = number
        case .stopped(let hit):
            verdict = "stopped"
            limit = BuildResult.Limit(name: hit.kind.rawValue, value: hit.limit)
            observed = hit.observed
        case .cancelled: verdict = "cancelled"
        }
        resources = BuildResult.Resources(outcome)
        resources.wallMs = outcome.usage.wallNanoseconds / 1_000_000
        sandbox = BuildResult.SandboxReport(
            profile: profile, layers: outcome.layers.layers.map(\.name), missing: outcome.missing.layers.map(\.name),
            staging: nil)
    }
}
