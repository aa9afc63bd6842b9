import BuildAPI
import Glibc
import Linux
import SystemPackage

/// A Unix socket that is never more open than its mode says: it is bound in a folder for this user alone, gets its
/// mode there, and is then renamed to its path, which also replaces what a dead service left.
struct PrivateSocket: Sendable {
    let path: FilePath
    let mode: UInt32
    /// Where it is bound.
    let draft: FilePath
    private let folder: FilePath

    /// Makes the folder.
    ///
    /// - Throws: Where another process listens at the path, something else lies there, or no folder can be made.
    init(path: FilePath, mode: UInt32) throws(ListenFault) {
        self.path = path
        self.mode = mode
        try Self.checkFree(path)
        var template = Array(path.string.utf8CString.dropLast()) + Array(".XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { $0.baseAddress.map { mkdtemp($0) != nil } ?? false }
        guard made else {
            throw ListenFault(
                "cannot make a folder beside \(path): \(Self.cause()); name a path in a folder that is yours")
        }
        folder = FilePath(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
        draft = folder.appending("s")
    }

    /// Gives the bound socket its mode and its name.
    func publish() throws(ListenFault) {
        guard chmod(draft.string, mode) == 0 else {
            throw ListenFault("cannot set the mode of \(path): \(Self.cause())")
        }
        guard rename(draft.string, path.string) == 0 else { throw ListenFault("cannot make \(path): \(Self.cause())") }
        rmdir(folder.string)
    }

    func remove() {
        unlink(draft.string)
        rmdir(folder.string)
        unlink(path.string)
    }

    private static func checkFree(_ path: FilePath) throws(ListenFault) {
        guard let facts = FileFacts.ifAny(of: path.string, followingLinks: false) else { return }
        guard facts.isSocket else {
            throw ListenFault("\(path) is there and is no socket: move it away, or name another path")
        }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw ListenFault("cannot make a socket: \(cause())") }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { bytes in bytes.copyBytes(from: path.string.utf8.prefix(107)) }
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard !connected else {
            throw ListenFault("another process listens at \(path): stop it, or name another path")
        }
    }

    private static func cause() -> String { String(cString: strerror(errno)) }
}
