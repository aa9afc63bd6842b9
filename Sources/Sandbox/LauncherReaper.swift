import Dispatch
import Glibc

/// Reaps launchers whose runs are over, beside what comes next. A process that exits waits until the last is done.
enum LauncherReaper {
    private static let queue = DispatchQueue(label: "buildbox.sandbox.reaper", attributes: .concurrent)

    private static let atExit: Void = {
        atexit { LauncherReaper.settle() }
    }()

    static func take(_ pid: pid_t, _ remains: LauncherRemains?) {
        _ = atExit
        queue.async { reap(pid, remains) }
    }

    /// Waits for a launcher's end, and clears away what it could not.
    static func reap(_ pid: pid_t, _ remains: LauncherRemains?) {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        remains?.clear()
    }

    /// Returns when all that were taken so far are reaped, and nothing is left of them.
    static func settle() {
        queue.sync(flags: .barrier) {}
    }
}
