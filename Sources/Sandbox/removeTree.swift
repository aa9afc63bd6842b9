import CLinux
import Glibc
import Linux
import SystemPackage

/// Removes a file or a whole folder by descriptors: no link is followed, not even one that takes a
/// folder's place meanwhile.
func removeTree(_ path: FilePath) -> Removal {
    do throws(SystemCallError) {
        try remove(Array(path.string.utf8CString), in: AT_FDCWD)
        return .removed
    } catch {
        return error.code == ENOENT ? .absent : .failed(error)
    }
}

/// `name` is NUL-terminated: names of files are bytes, not always text.
private func remove(_ name: [CChar], in parent: Int32) throws(SystemCallError) {
    if unlinkat(parent, name, 0) == 0 { return }
    let code = errno
    // unlink(2) on a folder: EISDIR, by POSIX EPERM.
    guard code == EISDIR || code == EPERM else { throw SystemCallError(code) }
    let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW
    var number = clinux_openat(parent, name, flags, 0)
    if number < 0, errno == EACCES {
        // A folder of this user's own that it may not read. Its parent is this process's alone.
        try system { fchmodat(parent, name, 0o700, 0) }
        number = clinux_openat(parent, name, flags, 0)
    }
    guard number >= 0 else { throw SystemCallError(errno) }
    let copy = fcntl(number, F_DUPFD_CLOEXEC, 0)
    let folder = OwnedDescriptor(owning: number)
    guard copy >= 0, let stream = fdopendir(copy) else { throw SystemCallError(errno) }
    defer { closedir(stream) }
    // Without the right to write there, nothing in it could be removed; where it is another's, unlinkat tells.
    fchmod(folder.number, 0o700)
    while let entry = readdir(stream) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { $0.prefix { $0 != 0 }.map { CChar(bitPattern: $0) } }
        if name == [46] || name == [46, 46] { continue }
        try remove(name + [0], in: folder.number)
    }
    try system { unlinkat(parent, name, AT_REMOVEDIR) }
}
