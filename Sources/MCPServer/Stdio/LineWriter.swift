@preconcurrency import Dispatch
import Linux

/// Writes lines to a descriptor, whole and one after the other, on a thread of its own.
public final class LineWriter: Sendable {
    private let descriptor: Int32
    private let queue = DispatchQueue(label: "buildbox.mcp.output")

    /// - Parameter descriptor: Stays the caller's to close.
    public init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Returns once the line is written, so that who has much to say waits for a client that reads slowly.
    ///
    /// - Returns: False when nobody reads any more.
    public func write(_ line: [UInt8]) async -> Bool {
        await withCheckedContinuation { continuation in
            queue.async {
                do throws(SystemCallError) {
                    try writeFully(line, to: self.descriptor)
                    continuation.resume(returning: true)
                } catch {
                    continuation.resume(returning: false)
                }
            }
        }
    }
}
