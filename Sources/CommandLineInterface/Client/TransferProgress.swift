import Foundation
import Synchronization

/// How far an upload or a download is: a line on a terminal that goes when the transfer ends; nothing on a pipe.
final class TransferProgress: Sendable {
    private struct State {
        var began = ContinuousClock.now
        var shown = ContinuousClock.now
        var ended = false
    }

    private static let interval = Duration.milliseconds(200)

    private let what: String
    private let size: UInt64?
    private let renderer: RunRenderer
    private let state = Mutex(State())

    init(_ what: String, of size: UInt64?, _ renderer: RunRenderer) {
        self.what = what
        self.size = size
        self.renderer = renderer
    }

    func show(_ bytes: UInt64) {
        let text: String? = state.withLock { state in
            let now = ContinuousClock.now
            // A new try.
            if bytes == 0 { state.began = now }
            guard !state.ended, state.shown.duration(to: now) >= Self.interval else { return nil }
            state.shown = now
            return Self.text(bytes, of: size, in: state.began.duration(to: now) / .seconds(1))
        }
        if let text { renderer.showStatus("\(what): \(text)") }
    }

    func end() {
        state.withLock { $0.ended = true }
        renderer.showStatus(nil)
    }

    /// `12.3 of 40.0 MiB, 4.5 MiB/s`.
    static func text(_ bytes: UInt64, of size: UInt64?, in seconds: Double) -> String {
        func mebibytes(_ value: Double) -> String { String(format: "%.1f", value / 0x1p20) }
        let share = size.map { " of \(mebibytes(Double($0)))" } ?? ""
        let rate = seconds > 0 ? ", \(mebibytes(Double(bytes) / seconds)) MiB/s" : ""
        return "\(mebibytes(Double(bytes)))\(share) MiB\(rate)"
    }
}
