import CLinux
import Glibc
import Linux

/// The contained processes, by their PID 1: the kernel kills them all with it, and lets it be
/// reaped only when they are gone (pid_namespaces(7)).
final class ProcessTree {
    let pid: pid_t
    let pidfd: OwnedDescriptor
    private(set) var reaped = false
    /// What is read at the end, when somebody waits for it: the kernel's account of the tree; -1 where there is none.
    private var account: Int32 = -1

    init(pid: pid_t, pidfd: consuming OwnedDescriptor) {
        self.pid = pid
        self.pidfd = pidfd
    }

    deinit {
        if account >= 0 { close(account) }
    }

    /// Opens beforehand what will be read when the tree is dead.
    func openFiles() {
        account = clinux_open("/proc/\(pid)/io", O_RDONLY, 0)
    }

    func kill() {
        guard !reaped else { return }
        _ = clinux_pidfd_signal(pidfd.number, SIGKILL)
    }

    /// CPU time of the whole tree, in microseconds.
    @discardableResult
    func reap() -> UInt64 {
        guard !reaped else { return 0 }
        var status: Int32 = 0
        var usage = rusage()
        while clinux_wait_pidfd(pidfd.number, &status, &usage) != 0, errno == EINTR {}
        reaped = true
        let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
        return UInt64(seconds) * 1_000_000 + UInt64(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
    }

    /// Bytes that the dead tree wrote, 0 where the kernel does not count them. Before `reap`: PID 1
    /// waits for every other process, and so carries their account.
    func writtenBytes() -> UInt64 {
        guard !reaped else { return 0 }
        if account < 0 { openFiles() }
        do throws(SystemCallError) {
            return flatKeyedField("wchar:", in: try readBytes(from: account))
        } catch {
            return 0
        }
    }

    func killAndReap() {
        kill()
        reap()
    }
}
