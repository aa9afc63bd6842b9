import CLinux
import Glibc
import Linux

/// Tries something in a forked child, which may be refused, hang or be killed without harm to its parent.
struct Trial {
    /// Where the child tells what failed.
    private let report: Int32

    /// Runs `body` in a child.
    ///
    /// - Parameters:
    ///   - seconds: After this time the child is killed.
    ///   - body: Makes system calls only: other threads of the parent do not exist in the child.
    /// - Returns: How it ended.
    static func run(seconds: Int = 5, _ body: (Trial) throws(TrialFault) -> Void) -> TrialEnding {
        var ends: [Int32] = [-1, -1]
        guard clinux_pipe(&ends) == 0 else { return .failed(step: "make a pipe", errno: errno) }
        let reading = OwnedDescriptor(owning: ends[0])
        let writing = OwnedDescriptor(owning: ends[1])
        let child = clinux_fork()
        if child < 0 { return .failed(step: "fork", errno: errno) }
        if child == 0 {
            setpgid(0, 0)
            Trial(report: writing.number).conclude(body)
        }
        _ = consume writing
        let told = answer(from: reading.number, of: child, seconds: seconds)
        guard let told else {
            // Without the end of its pipe the child is stuck in the kernel: it is left behind.
            return .timedOut(seconds: seconds)
        }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        if told.timedOut { return .timedOut(seconds: seconds) }
        if told.bytes.count >= 4 {
            let errno = told.bytes.withUnsafeBytes { $0.loadUnaligned(as: Int32.self) }
            return .failed(step: String(decoding: told.bytes[4...], as: UTF8.self), errno: errno)
        }
        let signal = clinux_term_signal(status)
        if signal != 0 { return .signalled(signal) }
        return clinux_exit_code(status) == 0 ? .passed : .signalled(SIGKILL)
    }

    /// Runs `body` as PID 1 of the pid namespace that was unshared, and does not return unless it passed.
    func asInit(_ body: (Trial) throws(TrialFault) -> Void) throws(TrialFault) {
        let child = try step("fork into the pid namespace") { clinux_fork() }
        if child == 0 {
            clinux_parent_death_signal(SIGKILL)
            conclude(body)
        }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        if clinux_exited(status) == 0 || clinux_exit_code(status) != 0 { _exit(1) }
    }

    private func conclude(_ body: (Trial) throws(TrialFault) -> Void) -> Never {
        do throws(TrialFault) {
            try body(self)
        } catch {
            var errno = error.errno
            write(report, &errno, MemoryLayout<Int32>.size)
            write(report, error.step.utf8Start, error.step.utf8CodeUnitCount)
            _exit(1)
        }
        _exit(0)
    }

    /// What the child told until its end; nil when it cannot even be killed.
    private static func answer(
        from pipe: Int32, of child: pid_t, seconds: Int
    ) -> (bytes: [UInt8], timedOut: Bool)? {
        var bytes: [UInt8] = []
        var timedOut = false
        var deadline = monotonicNanoseconds() + UInt64(seconds) * 1_000_000_000
        var buffer = [UInt8](repeating: 0, count: 256)
        while true {
            let now = monotonicNanoseconds()
            if now >= deadline {
                if timedOut { return nil }
                timedOut = true
                // The group too: a process that it started would keep the pipe open.
                kill(-child, SIGKILL)
                kill(child, SIGKILL)
                deadline = now + 1_000_000_000
                continue
            }
            var poll = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
            guard Glibc.poll(&poll, 1, Int32((deadline - now) / 1_000_000) + 1) > 0 else { continue }
            let count = read(pipe, &buffer, buffer.count)
            if count == 0 { return (bytes, timedOut) }
            if count > 0 { bytes += buffer[..<count] }
        }
    }
}
