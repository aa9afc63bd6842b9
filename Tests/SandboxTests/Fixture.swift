import Foundation
import Sandbox
import SandboxProtocol
import Synchronization
import SystemPackage

/// A sandbox from this build's own launcher and the repository's default profile.
struct Fixture {
    let sandbox: Sandbox
    let profile: SandboxProfile
    /// Limits that this machine's user cannot have: none for root.
    let allowMissing: LayerSet = geteuid() == 0 ? [] : .cgroupLimits

    static let products = FilePath(
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/nowhere"
    ).removingLastComponent()
    static let repository = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
    static let launcher = products.appending("buildbox-launcher")

    init(keepsReady: Bool = false) throws {
        profile = try SandboxProfile(contentsOf: Self.repository.appending("sandbox-profiles/build.json"))
        let state = FilePath(NSTemporaryDirectory()).appending("buildbox-test-state-\(geteuid())")
        sandbox = try Sandbox(
            launcher: Self.launcher, cache: state.appending("filters"),
            ledger: RunLedger(folder: state.appending("runs")), keepsReady: keepsReady)
    }

    func shell(_ script: String, limits: SandboxLimits = SandboxLimits(), mounts: [MountStep] = []) async throws -> Run
    {
        try await run(["/bin/sh", "-c", script], limits: limits, mounts: mounts)
    }

    func run(
        _ arguments: [String], limits: SandboxLimits = SandboxLimits(), mounts: [MountStep] = [],
        report: Bool = false, output: String? = nil
    ) async throws -> Run {
        let request = SandboxRequest(
            arguments: arguments, environment: ["PATH": "/usr/bin:/bin"], mounts: mounts, limits: limits,
            profile: profile, allowMissing: allowMissing, outputPath: output, wantsReport: report)
        return try await run(request)
    }

    func run(_ request: SandboxRequest) async throws -> Run {
        let printed = Mutex<[LogStream: [UInt8]]>([:])
        let outcome = try await sandbox.run(request) { stream, bytes in
            printed.withLock { $0[stream, default: []] += bytes }
        }
        let streams = printed.withLock { $0 }
        return Run(
            outcome: outcome, stdout: String(decoding: streams[.stdout] ?? [], as: UTF8.self),
            stderr: String(decoding: streams[.stderr] ?? [], as: UTF8.self))
    }

    struct Run {
        let outcome: SandboxOutcome
        let stdout: String
        let stderr: String

        /// Whether a launcher that was ready served it: it was cloned before anybody waited.
        var wasReady: Bool { !outcome.timings.isEmpty && !outcome.timings.contains { $0.step == .clone } }
    }
}
