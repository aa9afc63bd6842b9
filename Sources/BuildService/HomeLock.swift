import BuildAPI
import CLinux
import Glibc
import Linux
import SystemPackage

/// The one service of a home: it holds a lock on a file there (flock(2)), which the kernel lets go of however it dies.
final class HomeLock: Sendable {
    private let file: OwnedDescriptor

    init(_ path: FilePath) throws(ServiceFault) {
        do throws(SystemCallError) {
            file = OwnedDescriptor(
                owning: try system { clinux_open(path.string, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600) })
            try system { flock(file.number, LOCK_EX | LOCK_NB) }
        } catch {
            if error.code == EWOULDBLOCK {
                throw ServiceFault(
                    .storeUnavailable,
                    "another service runs with this home (it holds \(path)): stop it, or name another BUILDBOX_HOME")
            }
            throw ServiceFault(.storeUnavailable, "cannot lock \(path): \(error)")
        }
    }

    /// Bytes that are free on the home's disk.
    func free() throws(SystemCallError) -> UInt64 { try freeBytes(file.number) }
}
