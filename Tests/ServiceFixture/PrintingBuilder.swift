import BuildAPI
import BuildService
import Crypto
import Foundation
import PythonBuild
import Sandbox
import SystemPackage

/// Stands in for builds: prints the job's id on five lines, and leaves it in an artifact.
struct PrintingBuilder: Builder {
    func check(_: BuildDocument) throws(ServiceFault) {}

    func sweep() async -> String? { nil }

    func obstacle() async -> String? { nil }

    func build(_ order: BuildOrder, events: @escaping @Sendable (BuildEvent) -> Void) async -> BuildResult {
        events(.phaseStarted(.build))
        for _ in 0..<5 { events(.log(.stdout, Array("\(order.job)\n".utf8))) }
        let file = order.output.appending("job.whl")
        let content = Data(order.job.utf8)
        precondition(FileManager.default.createFile(atPath: file.string, contents: content))
        events(.phaseEnded(PhaseReport(name: .build, startedAt: Date(), durationMs: 0, outcome: .succeeded)))
        KilledService.say("built \(order.job)")
        let digest = SHA256.hash(data: content).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return BuildResult(
            id: order.job, status: .succeeded, exitCode: ExitStatus.built.rawValue,
            artifacts: [
                Artifact(
                    name: "job.whl", kind: .wheel, size: UInt64(content.count), sha256: digest.joined(),
                    path: file.string)
            ], sandbox: BuildResult.SandboxReport(profile: "build", layers: [], missing: [], staging: nil))
    }
}
