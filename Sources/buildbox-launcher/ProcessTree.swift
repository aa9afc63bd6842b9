import CLinux
import Glibc
import Linux

/// The contained processes, by their PID 1: the kernel kills them all with it, and lets it be
/// reaped only when they are gone (pid_namespaces(7)).
final class ProcessTree {
    let pid: pid_t
    let pidfd: OwnedDescriptor
    private(set) var reaped = false
    private let account: ProcessAccount

    init(pid: pid_t, pidfd: consuming OwnedDescriptor) {
        self.pid = pid
        self.pidfd = pidfd
        account = ProcessAccount(of: "\(pid)")
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

    /// Bytes that the dead tree wrote. Before `reap`: PID 1 waits for every other process, and so carries their account.
    func writtenBytes() -> UInt64 { reaped ? 0 : account.writtenBytes }

    func killAndReap() {
        kill()
        reap()
    }
}
