import Dispatch
import Glibc

/// Reaps launchers whose runs are over, beside what comes next. A process that exits waits for them.
enum LauncherReaper {
    private static let queue = DispatchQueue(label: "buildbox.sandbox.reaper", attributes: .concurrent)

    private static let atExit: Void = {
        atexit { LauncherReaper.queue.sync(flags: .barrier) {} }
    }()

    static func take(_ pid: pid_t) {
        _ = atExit
        queue.async {
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        }
    }
}
