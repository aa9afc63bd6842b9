import CLinux
import Glibc
import Linux

/// The kernel's account of what a process and all that it reaped did (proc_pid_io(5)), opened before it is wanted.
struct ProcessAccount: ~Copyable {
    /// -1 where there is none.
    private let file: Int32

    /// - Parameter process: Its id, or `self`; nil for an account that tells nothing.
    init(of process: String?) {
        file = process.map { clinux_open("/proc/\($0)/io", O_RDONLY, 0) } ?? -1
    }

    deinit {
        if file >= 0 { close(file) }
    }

    /// ``RunUsage/writtenBytes``, 0 where the kernel does not count or tell them. It tells of another process that cannot
    /// be dumped only where that may be traced, which takes root.
    var writtenBytes: UInt64 {
        guard file >= 0 else { return 0 }
        do throws(SystemCallError) { return flatKeyedField("wchar:", in: try readBytes(from: file)) } catch { return 0 }
    }
}
