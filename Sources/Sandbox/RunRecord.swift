import CLinux
import Glibc
import Linux
import Synchronization
import SystemPackage

/// The record of a living supervisor: a file that it holds a lock on (flock(2)) from before it makes
/// anything until nothing of it is left. The kernel lets go of the lock when the process dies,
/// however it dies, and no process id has to be trusted: whoever gets the lock knows it is dead.
///
/// What lies in buildbox's own folders carries the record's name; what lies elsewhere is written
/// down before it is made.
public final class RunRecord: Sendable {
    /// Unique, without a `.`: names of what belongs to this run are this, a `.` and a word of their own.
    public let name: String
    private let file: FilePath
    private let descriptor: OwnedDescriptor
    private let isKept = Mutex(false)

    static let ending = ".lock"

    /// The descriptor whose open file has the lock: every process that gets it holds the lock, too.
    var lock: Int32 { descriptor.number }

    /// Begins a record in a folder that is there.
    init(in folder: FilePath) throws(SandboxError) {
        // A sweep may look at the file between its making and its locking, and take it for a dead one's.
        for _ in 0..<100 {
            let name = "\(getpid())-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
            let file = folder.appending(name + Self.ending)
            let number = clinux_open(file.string, O_RDWR | O_CREAT | O_EXCL | O_APPEND, 0o600)
            guard number >= 0 else {
                throw SandboxError(.setUp, "cannot make the run's record \(file): \(SystemCallError(errno))")
            }
            let descriptor = OwnedDescriptor(owning: number)
            if try Self.lock(descriptor.number, file), Self.isLinked(descriptor.number) {
                self.name = name
                self.file = file
                self.descriptor = descriptor
                return
            }
        }
        throw SandboxError(.setUp, "cannot keep a record of the run in \(folder): each one was swept at once")
    }

    deinit {
        if !isKept.withLock({ $0 }) { unlink(file.string) }
    }

    /// Something of the run could not be removed: the record stays, and a later start tries again.
    func keep() {
        isKept.withLock { $0 = true }
    }

    /// A new name for something in buildbox's own folders; a draft's gets a `.` in front of it.
    public func newName() -> String {
        "\(name).\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
    }

    /// Writes down what is about to be made outside of buildbox's own folders.
    ///
    /// - Throws: ``SandboxError`` when it cannot be written; then it must not be made.
    public func note(_ trace: RunTrace) throws(SandboxError) {
        let bytes = trace.bytes
        // One call, so that a crash leaves the whole entry or one without its end, which is passed over.
        guard write(descriptor.number, bytes, bytes.count) == bytes.count else {
            throw SandboxError(.setUp, "cannot write to the run's record \(file): \(SystemCallError(errno))")
        }
    }

    /// False when another holds the lock.
    static func lock(_ descriptor: Int32, _ file: FilePath) throws(SandboxError) -> Bool {
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            if code == EWOULDBLOCK { return false }
            guard code == EINTR else {
                throw SandboxError(
                    .setUp,
                    "cannot lock \(file): \(SystemCallError(code)). "
                        + "Set BUILDBOX_HOME to a folder on a file system with locks (flock(2)).")
            }
        }
        return true
    }

    static func isLinked(_ descriptor: Int32) -> Bool {
        do throws(SystemCallError) { return try FileFacts(descriptor: descriptor).links > 0 } catch { return false }
    }
}
