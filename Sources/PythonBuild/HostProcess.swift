import CLinux
import Dispatch
import Glibc
import Linux

/// Runs a program of the host that the user trusts, such as an interpreter that is asked what it is.
enum HostProcess {
    /// The program's output, less than 1 MiB. Its working directory is `/`, its input empty.
    ///
    /// - Throws: ``BuildFailure`` when it cannot be started, exits with a fault, takes longer than 30 s, or prints more.
    static func output(of arguments: [String], environment: [String: String]) async throws(BuildFailure) -> [UInt8] {
        let result = await withCheckedContinuation { continuation in
            // A thread that lasts as long as the program: it waits for it, and the program dies with it.
            DispatchQueue(label: "buildbox.host-process").async {
                continuation.resume(
                    returning: Result { () throws(BuildFailure) in
                        try outputAwaited(of: arguments, environment: environment)
                    })
            }
        }
        return try result.get()
    }

    private static func outputAwaited(
        of arguments: [String], environment: [String: String]
    ) throws(BuildFailure) -> [UInt8] {
        var ends: [Int32] = [-1, -1]
        guard clinux_pipe(&ends) == 0 else {
            throw BuildFailure(.internalFault, "cannot make a pipe: \(SystemCallError(errno))")
        }
        let reading = OwnedDescriptor(owning: ends[0])
        let writing = OwnedDescriptor(owning: ends[1])
        var pid: pid_t = 0
        let variables = environment.map { "\($0.key)=\($0.value)" }
        let code = withArgumentVector(arguments) { argv in
            withArgumentVector(variables) { envp in
                clinux_spawn_program(&pid, "/", writing.number, argv, envp)
            }
        }
        guard code == 0 else {
            throw BuildFailure(.invalidRequest, "cannot start \(arguments[0]): \(SystemCallError(code))")
        }
        _ = consume writing
        let output = drain(reading.number, seconds: 30)
        if output == nil { kill(pid, SIGKILL) }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        guard let output else {
            throw BuildFailure(.invalidRequest, "\(arguments[0]) did not answer within 30 s, or without end")
        }
        guard clinux_exited(status) != 0, clinux_exit_code(status) == 0 else {
            throw BuildFailure(
                .invalidRequest, "\(arguments[0]) cannot be used: it ended with a fault when asked what it is")
        }
        return output
    }

    private static func drain(_ descriptor: Int32, seconds: Int) -> [UInt8]? {
        let deadline = monotonicNanoseconds() + UInt64(seconds) * 1_000_000_000
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while output.count < 1 << 20 {
            let now = monotonicNanoseconds()
            guard now < deadline else { return nil }
            var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard Glibc.poll(&poll, 1, Int32((deadline - now) / 1_000_000) + 1) > 0 else { continue }
            let count = read(descriptor, &buffer, buffer.count)
            if count == 0 { return output }
            if count > 0 { output += buffer[..<count] }
        }
        return nil
    }
}
