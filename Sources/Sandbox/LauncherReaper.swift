import CLinux
import Dispatch
import Glibc

/// Reaps launchers whose runs are over, beside what comes next. A process that exits waits until the last is done.
enum LauncherReaper {
    private static let queue = DispatchQueue(label: "buildbox.sandbox.reaper", attributes: .concurrent)

    private static let atExit: Void = {
        atexit { LauncherReaper.settle() }
    }()

    static func take(_ pid: pid_t, _ remains: LauncherRemains?, holding claim: HostIDPool.Claim? = nil) {
        _ = atExit
        queue.async { withExtendedLifetime(claim) { reap(pid, remains) } }
    }

    /// Waits for a launcher's end, and clears away what it could not. One that does not end is killed: it has nothing left to do
    /// that takes long.
    static func reap(_ pid: pid_t, _ remains: LauncherRemains?, patience: Int32 = 30_000) {
        let end = clinux_pidfd_open(pid)
        if end >= 0 {
            var poll = pollfd(fd: end, events: Int16(POLLIN), revents: 0)
            if Glibc.poll(&poll, 1, patience) == 0 { kill(pid, SIGKILL) }
            close(end)
        }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        remains?.clear()
    }

    /// Returns when all that were taken so far are reaped, and nothing is left of them.
    static func settle() {
        queue.sync(flags: .barrier) {}
    }
}
