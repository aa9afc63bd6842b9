import CLinux
@preconcurrency import Dispatch
import Glibc
public import Linux

/// Reads a descriptor on a thread of its own, when it is asked to: a client that writes much waits.
public final class InputReader: Sendable {
    private let descriptor: Int32
    /// eventfd(2): ends a read that waits when its task is cancelled.
    private let wake: OwnedDescriptor
    private let queue = DispatchQueue(label: "buildbox.mcp.input")

    /// Reads `descriptor`, which stays the caller's to close.
    ///
    /// - Throws: What eventfd(2) does.
    public init(_ descriptor: Int32) throws(SystemCallError) {
        self.descriptor = descriptor
        wake = OwnedDescriptor(owning: try system { clinux_event() })
    }

    /// The next bytes; nil at the end of the input, when it cannot be read, or when the task was cancelled.
    public func next() async -> [UInt8]? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                queue.async { continuation.resume(returning: self.read()) }
            }
        } onCancel: {
            var one: UInt64 = 1
            write(wake.number, &one, 8)
        }
    }

    private func read() -> [UInt8]? {
        var waits = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: wake.number, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            do throws(SystemCallError) {
                try system { poll(&waits, 2, -1) }
            } catch {
                return nil
            }
            if waits[1].revents != 0 { return nil }
            guard waits[0].revents != 0 else { continue }
            var buffer = [UInt8](repeating: 0, count: 64 << 10)
            do throws(SystemCallError) {
                let count = try system { Glibc.read(descriptor, &buffer, buffer.count) }
                return count == 0 ? nil : Array(buffer[..<count])
            } catch {
                return nil
            }
        }
    }
}
