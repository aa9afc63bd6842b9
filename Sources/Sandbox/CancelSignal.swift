import CLinux
import Glibc
import Linux

/// Wakes a supervision loop from another thread, once and for all.
final class CancelSignal: Sendable {
    private let event: OwnedDescriptor

    init() throws(SandboxError) {
        do throws(SystemCallError) {
            event = OwnedDescriptor(owning: try system { clinux_event() })
        } catch {
            throw SandboxError(.setUp, "cannot make an eventfd: \(error)")
        }
    }

    /// Readable once ``cancel()`` was called.
    var descriptor: Int32 { event.number }

    func cancel() {
        var one: UInt64 = 1
        // Fails only when it was called 2^64 times.
        _ = write(event.number, &one, MemoryLayout<UInt64>.size)
    }
}
