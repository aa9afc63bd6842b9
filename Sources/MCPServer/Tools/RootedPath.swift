import CLinux
import Glibc
import Linux
import SystemPackage

/// A path below a root, which is looked up from the root's descriptor alone.
struct RootedPath: Sendable {
    /// Absolute, without links.
    let root: FilePath
    /// Relative; empty for the root itself.
    let inside: FilePath

    var path: FilePath { inside.isEmpty ? root : root.pushing(inside) }

    var parent: RootedPath? {
        inside.isEmpty ? nil : RootedPath(root: root, inside: inside.removingLastComponent())
    }

    /// openat2(2), without leaving the root and without following a link, not even a last one.
    func open(_ flags: Int32) throws(SystemCallError) -> OwnedDescriptor {
        let start = OwnedDescriptor(owning: try system { clinux_open(root.string, CLINUX_O_PATH | O_DIRECTORY, 0) })
        let resolve = UInt64(CLINUX_RESOLVE_BENEATH | CLINUX_RESOLVE_NO_SYMLINKS)
        let name = inside.isEmpty ? "." : inside.string
        return OwnedDescriptor(
            owning: try system { clinux_openat2(start.number, name, UInt64(UInt32(bitPattern: flags)), 0, resolve) })
    }
}
