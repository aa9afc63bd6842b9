import ArgumentParser
import Foundation
import PythonBuild
import Sandbox
import SandboxProtocol
import SourceText

/// A command of `exec` or `shell` on its way: its output, its terminal, its end.
struct ContainedCommand {
    let sandbox: Sandbox
    let request: SandboxRequest
    var rendersJSON = false

    /// Exit codes of buildbox's own lie this far above those of `run`, away from a command's.
    static let ownCodes: Int32 = 120

    /// Runs the command to its end.
    ///
    /// - Returns: The exit code for this process.
    func run() async throws(SandboxError) -> Int32 {
        let relay = request.terminal.map { TerminalRelay($0) }
        let outcome: Result<SandboxOutcome, SandboxError> = await interruptible()
        relay?.close()
        return try finish(try outcome.get())
    }

    /// The exit code of a body that runs a command, its failure told on stderr.
    static func exitCode(of body: () async throws(SandboxError) -> Int32) async -> Int32 {
        do throws(SandboxError) {
            return try await body()
        } catch {
            complain(error.message)
            return ownCodes + BuildFailure(error).exitStatus.rawValue
        }
    }

    private func interruptible() async -> Result<SandboxOutcome, SandboxError> {
        let task = Task { () -> Result<SandboxOutcome, SandboxError> in
            do throws(SandboxError) {
                return .success(
                    try await sandbox.run(request) { stream, bytes in
                        writeFully(bytes, to: stream == .stdout ? STDOUT_FILENO : STDERR_FILENO)
                    })
            } catch {
                return .failure(error)
            }
        }
        let interrupt = InterruptHandler { task.cancel() }
        let result = await task.value
        return withExtendedLifetime(interrupt) { result }
    }

    private func finish(_ outcome: SandboxOutcome) throws(SandboxError) -> Int32 {
        let code: Int32
        switch outcome.verdict {
        case .exited(let own): code = own
        case .signalled(let signal): code = 128 + signal
        case .stopped(let hit):
            code = Self.ownCodes + ExitStatus.stoppedAtLimit.rawValue
            Self.complain(hit.message(doing: "the command"))
        case .cancelled:
            code = Self.ownCodes + ExitStatus.cancelled.rawValue
            Self.complain("cancelled")
        }
        let missing = outcome.missing.layers.map(\.name)
        if rendersJSON {
            let result = ExecResult(outcome, profile: request.profile.name, exitCode: code)
            try write(result)
        } else if !missing.isEmpty {
            Self.complain("ran WITHOUT \(missing.joined(separator: ", "))")
        }
        return code
    }

    private func write(_ result: ExecResult) throws(SandboxError) {
        do {
            writeFully(Array(try documentText(result).utf8), to: STDERR_FILENO)
        } catch {
            throw SandboxError(.lost, "cannot write the result document: \(error)")
        }
    }

    /// The command wrote to the same terminal what it wanted, with nothing in between.
    private static func complain(_ text: String) {
        let reclaiming = isatty(STDERR_FILENO) == 1 ? TerminalText.reclaiming : []
        writeFully(reclaiming + Array("buildbox: \(ForeignText.message(text))\n".utf8), to: STDERR_FILENO)
    }
}
