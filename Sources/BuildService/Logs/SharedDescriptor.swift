import CLinux
import Glibc
import Linux
import SystemPackage

/// An open file with several owners: closed when the last one goes.
final class SharedDescriptor: Sendable {
    private let descriptor: OwnedDescriptor

    var number: Int32 { descriptor.number }

    init(_ path: FilePath, _ flags: Int32) throws(SystemCallError) {
        descriptor = OwnedDescriptor(owning: try system { clinux_open(path.string, flags, 0o600) })
    }

    /// Nil when there is no such file.
    static func reading(_ path: FilePath) throws(SystemCallError) -> SharedDescriptor? {
        do throws(SystemCallError) {
            return try SharedDescriptor(path, O_RDONLY | O_NOFOLLOW)
        } catch {
            if error.code == ENOENT { return nil }
            throw error
        }
    }
}
