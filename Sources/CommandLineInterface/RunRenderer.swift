import Foundation
import PythonBuild
import Sandbox
import SourceText
import Synchronization

/// Shows a running build on stderr. A terminal gets the output made safe and a last line with the
/// current phase and the time; a pipe gets the output as it is and plain lines.
final class RunRenderer: Sendable {
    private struct State {
        var phase: Phase?
        var phaseBegan = ContinuousClock.now
        var statusShown = false
        var atLineStart = true
        var stdout = TerminalText()
        var stderr = TerminalText()
        var finished = false
    }

    private let state = Mutex(State())
    private let quiet: Bool
    private let terminal = isatty(STDERR_FILENO) == 1
    private let began = ContinuousClock.now

    init(quiet: Bool) {
        self.quiet = quiet
        guard terminal, !quiet else { return }
        Task.detached { [weak self] in
            while let self, self.tick() {
                guard (try? await Task.sleep(for: .milliseconds(200))) != nil else { return }
            }
        }
    }

    func show(_ event: BuildEvent) {
        state.withLock { state in
            switch event {
            case .phaseStarted(let phase):
                state.phase = phase
                state.phaseBegan = .now
            case .phaseEnded(let report):
                state.phase = nil
                if !quiet, !terminal {
                    line("\(report.name.rawValue): \(seconds(Double(report.durationMs) / 1000))", &state)
                }
            case .launched, .environment: break
            case .note(let remark):
                if !quiet { line(remark, &state) }
            case .log(let stream, let bytes):
                clearStatus(&state)
                write(terminal ? safe(bytes, stream, &state) : bytes)
                state.atLineStart = bytes.last == UInt8(ascii: "\n")
            }
        }
    }

    /// The last words on a build.
    func finish(_ result: BuildResult) {
        state.withLock { state in
            state.finished = true
            clearStatus(&state)
            if let reason = result.reason {
                line("\(title(result)): \(reason.message)", &state)
            } else if !quiet {
                let cache = result.environment?.cache == .hit ? "environment reused" : "environment made"
                let missing =
                    result.sandbox.missing.isEmpty ? "" : "; WITHOUT \(result.sandbox.missing.joined(separator: ", "))"
                line(
                    "built \(result.artifacts.count) artifact\(result.artifacts.count == 1 ? "" : "s") in "
                        + "\(seconds(Double(result.resources.wallMs) / 1000)) (\(cache), "
                        + "\(result.resources.memoryPeakBytes >> 20) MiB memory at most\(missing))", &state)
            }
        }
    }

    /// Leaves the terminal to another.
    func rest() {
        state.withLock { state in
            state.finished = true
            clearStatus(&state)
        }
    }

    /// A last line on a terminal that is no build's, such as a transfer's; nil takes it away.
    func showStatus(_ text: String?) {
        guard terminal, !quiet else { return }
        state.withLock { state in
            guard !state.finished else { return }
            clearStatus(&state)
            guard let text else { return }
            write(Array("\u{1b}[0;2m\(ForeignText.line(text))\u{1b}[0m".utf8))
            state.statusShown = true
        }
    }

    /// A fault of buildbox's own, after the build.
    func complain(_ fault: String) {
        state.withLock { line(fault, &$0) }
    }

    private func title(_ result: BuildResult) -> String {
        switch result.status {
        case .succeeded: "built"
        case .failed: result.exitCode == ExitStatus.buildFailed.rawValue ? "the build failed" : "failed"
        case .stopped: "stopped"
        case .refused: "error"
        case .cancelled: "cancelled"
        case .error: "error"
        }
    }

    private func tick() -> Bool {
        state.withLock { state in
            guard !state.finished else { return false }
            guard let phase = state.phase, state.atLineStart else { return true }
            clearStatus(&state)
            let inPhase = seconds(state.phaseBegan.duration(to: .now) / .seconds(1))
            let total = seconds(began.duration(to: .now) / .seconds(1))
            write(Array("\u{1b}[0;2m\(phase.rawValue) \(inPhase) (\(total) in all)\u{1b}[0m".utf8))
            state.statusShown = true
            return true
        }
    }

    private func line(_ text: String, _ state: inout State) {
        clearStatus(&state)
        let start = state.atLineStart ? "" : "\n"
        let shown = Array("\(start)buildbox: \(ForeignText.message(text))\n".utf8)
        // A colour that the build left on, or a sequence that it left open, would hide what is said here.
        write(terminal ? state.stdout.close() + state.stderr.close() + TerminalText.plain + shown : shown)
        state.atLineStart = true
    }

    private func clearStatus(_ state: inout State) {
        guard state.statusShown else { return }
        write(Array("\r\u{1b}[0m\u{1b}[2K".utf8))
        state.statusShown = false
    }

    private func safe(_ bytes: [UInt8], _ stream: LogStream, _ state: inout State) -> [UInt8] {
        stream == .stdout ? state.stdout.safe(bytes) : state.stderr.safe(bytes)
    }

    private func write(_ bytes: [UInt8]) {
        writeFully(bytes, to: STDERR_FILENO)
    }

    private func seconds(_ value: Double) -> String {
        String(format: value < 10 ? "%.2f s" : "%.0f s", value)
    }
}
