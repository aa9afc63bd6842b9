import BuildAPI
import BuildService
import PythonBuild
import Sandbox
import SourceText

/// What can be told of a build while it runs: its phase and the last line that it printed.
struct BuildProgress {
    private(set) var phase: Phase?
    private var line: [UInt8] = []
    private var lastLine: [UInt8] = []

    /// Bytes of a line that are kept; a longer one is shown by its beginning.
    private static let longestLine = 400

    /// Takes the events that came.
    ///
    /// - Returns: Whether a phase began or the state changed, which is worth telling at once.
    mutating func take(_ events: [JobEvent]) -> Bool {
        var isNews = false
        for event in events {
            switch event.kind {
            case .log(_, offset: _, let bytes): show(bytes)
            case .phase(let phase, .started, durationMs: _):
                self.phase = phase
                isNews = true
            case .state: isNews = true
            case .phase, .note, .end: break
            }
        }
        return isNews
    }

    /// Takes what the build printed.
    mutating func show(_ bytes: [UInt8]) {
        for byte in bytes {
            if byte == 0x0a || byte == 0x0d {
                if !line.isEmpty { lastLine = line }
                line.removeAll(keepingCapacity: true)
            } else if line.count < Self.longestLine {
                line.append(byte)
            }
        }
    }

    /// One line: the phase, and what was printed last, said to be that.
    var message: String {
        let stand = phase?.rawValue ?? "waiting for its turn"
        let printed = ModelText.safe(line.isEmpty ? lastLine : line)
        guard !printed.isEmpty else { return stand }
        return "\(stand); the project's code printed (\(ForeignText.notice)): \(ForeignText.line(printed, most: 300))"
    }
}
