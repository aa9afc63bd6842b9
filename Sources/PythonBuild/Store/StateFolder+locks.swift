import CLinux
import Glibc
import Linux
import SystemPackage

extension StateFolder {
    /// Takes the lock of a name, once no other process holds one that excludes it.
    func lock(_ name: String, _ kind: Lease.Kind) async throws(BuildFailure) -> Lease {
        while true {
            if let lease = try tryLock(name, kind) { return lease }
            try await pause()
        }
    }

    /// The same, for no longer than `patience`.
    ///
    /// - Returns: nil where another process held it for all that time.
    func lock(_ name: String, _ kind: Lease.Kind, waitingAtMost patience: Duration) async throws(BuildFailure) -> Lease?
    {
        let deadline = ContinuousClock.now + patience
        while ContinuousClock.now < deadline {
            if let lease = try tryLock(name, kind) { return lease }
            try await pause()
        }
        return nil
    }

    /// The time between two looks at a lock that another process holds.
    func pause() async throws(BuildFailure) {
        do {
            try await Task.sleep(for: .milliseconds(20))
        } catch {
            throw BuildFailure(.cancelled, "cancelled while waiting for another build's environment")
        }
    }

    /// - Returns: nil where another holds a lock that excludes it.
    func tryLock(_ name: String, _ kind: Lease.Kind) throws(BuildFailure) -> Lease? {
        let file = locks.appending("\(name).lock").string
        let number = clinux_open(file, O_RDWR | O_CREAT, 0o600)
        guard number >= 0 else { throw BuildFailure(.internalFault, "cannot open \(file): \(SystemCallError(errno))") }
        let descriptor = OwnedDescriptor(owning: number)
        while flock(descriptor.number, kind.operation | LOCK_NB) != 0 {
            let code = errno
            if code == EWOULDBLOCK { return nil }
            guard code == EINTR else {
                throw BuildFailure(.internalFault, "cannot lock \(file): \(SystemCallError(code))")
            }
        }
        return Lease(descriptor)
    }

    /// Whether somebody holds a lock of a name at this moment: for people to read.
    func isLocked(_ name: String) -> Bool {
        let lease = Result { () throws(BuildFailure) in try tryLock(name, .exclusive) }
        guard case .success(let taken) = lease else { return false }
        return taken == nil
    }
}
