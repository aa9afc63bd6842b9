import Glibc
import Linux

/// A lock (flock(2)) on the name of something stored, held until the lease is let go.
final class Lease: Sendable {
    enum Kind: Sendable {
        /// It is used: others may use it, too.
        case shared
        /// It is made or removed.
        case exclusive

        var operation: Int32 { self == .shared ? LOCK_SH : LOCK_EX }
    }

    private let descriptor: OwnedDescriptor

    /// - Parameter descriptor: Of the locked file.
    init(_ descriptor: consuming OwnedDescriptor) {
        self.descriptor = descriptor
    }
}
