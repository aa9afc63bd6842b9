import Crypto
import Synchronization

/// Counts and digests what an upload sends. A new try begins anew.
final class UploadMeter: Sendable {
    private struct State {
        var sent: UInt64 = 0
        var digest = SHA256()
    }

    private let state = Mutex(State())
    private let progress: @Sendable (UInt64) -> Void

    /// - Parameter progress: Told the bytes of the source sent so far.
    init(progress: @escaping @Sendable (UInt64) -> Void) {
        self.progress = progress
    }

    func begin() {
        state.withLock { $0 = State() }
        progress(0)
    }

    func add(_ bytes: [UInt8]) {
        let sent = state.withLock { state in
            state.digest.update(data: bytes)
            state.sent += UInt64(bytes.count)
            return state.sent
        }
        progress(sent)
    }

    /// SHA-256 of what was sent, hexadecimal, and how much it was.
    var summary: (digest: String, size: UInt64) {
        state.withLock { (hexadecimal($0.digest.finalize()), $0.sent) }
    }
}

/// A digest as lower-case hexadecimal text.
func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
    digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
