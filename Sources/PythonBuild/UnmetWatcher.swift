import Synchronization

/// Notices when the frontend says that requirements are unmet. The build could print the same
/// words: all that follows is that its backend is asked, which it could have had anyway.
final class UnmetWatcher: Sendable {
    private static let words = Array("Unmet dependencies (checked against ".utf8)
    private let state = Mutex<(tail: [UInt8], seen: Bool)>(([], false))

    func take(_ bytes: [UInt8]) {
        state.withLock { state in
            guard !state.seen else { return }
            let text = state.tail + bytes
            state.seen = text.contains(Self.words)
            state.tail = Array(text.suffix(Self.words.count - 1))
        }
    }

    var sawUnmet: Bool { state.withLock { $0.seen } }
}
