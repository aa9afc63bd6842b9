import CLinux
import Glibc
import Linux

/// A run's control group whose launcher is gone, or as good as gone.
struct ControlGroup {
    let path: String

    /// Kills everything in the group and removes it; it can be busy for a moment after its last process died.
    func remove() -> Removal {
        var failure = SystemCallError(EBUSY)
        for _ in 0..<200 {
            if rmdir(path) == 0 { return .removed }
            failure = SystemCallError(errno)
            if failure.code == ENOENT { return .absent }
            guard failure.code == EBUSY else { break }
            kill()
            usleep(5000)
        }
        return .failed(failure)
    }

    private func kill() {
        for pid in members() {
            let number = clinux_pidfd_open(pid)
            guard number >= 0 else { continue }
            let process = OwnedDescriptor(owning: number)
            // The number could have got a new owner before it was opened: only who is still in the group is killed.
            if members().contains(pid) { _ = clinux_pidfd_signal(process.number, SIGKILL) }
        }
    }

    /// Processes of other pid namespaces are 0 here.
    private func members() -> [pid_t] {
        (textOfFile("\(path)/cgroup.procs") ?? "").split(separator: "\n").compactMap { pid_t($0) }.filter { $0 > 0 }
    }
}
