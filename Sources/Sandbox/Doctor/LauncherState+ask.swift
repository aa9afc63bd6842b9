import CLinux
import Glibc
import Linux
import SandboxProtocol
import SystemPackage

extension LauncherState {
    /// Starts the launcher with bytes that are no order, and waits for its refusal.
    static func ask(_ launcher: FilePath, seconds: Int = 5) -> LauncherState {
        guard exists(launcher) else { return .absent }
        guard isExecutable(launcher) else { return .notExecutable }
        do throws(SandboxError) {
            let process = try LauncherProcess(launcher: launcher, report: false, terminal: nil, remains: nil)
            // A frame of one byte: its length, and what is no order's version.
            let frame: [UInt8] = [1, 0, 0, 0, 0]
            _ = frame.withUnsafeBytes { clinux_send(process.control.number, $0.baseAddress, $0.count, -1) }
            return answer(of: process, seconds: seconds)
        } catch {
            return .cannotStart(error.message)
        }
    }

    private static func answer(of process: LauncherProcess, seconds: Int) -> LauncherState {
        let deadline = monotonicNanoseconds() + UInt64(seconds) * 1_000_000_000
        var records = RecordStream()
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let now = monotonicNanoseconds()
            guard now < deadline else { return .silent(seconds: seconds) }
            var poll = pollfd(fd: process.control.number, events: Int16(POLLIN), revents: 0)
            guard Glibc.poll(&poll, 1, Int32((deadline - now) / 1_000_000) + 1) > 0 else { continue }
            let count = read(process.control.number, &buffer, buffer.count)
            guard count > 0 else { return .nonsense }
            do {
                try records.append(buffer[..<count])
                while let record = try records.next() {
                    if case .failed = record { return .answers }
                }
            } catch {
                return .nonsense
            }
        }
    }
}
