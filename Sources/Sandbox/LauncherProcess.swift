import CLinux
import Glibc
import Linux
import SandboxProtocol
import SystemPackage

/// A started launcher and the supervisor's ends of its descriptors.
final class LauncherProcess {
    /// The descriptor numbers that a launcher is started with.
    static let reportNumber = LaunchPreparation.reportDescriptor

    let pid: pid_t
    let control: OwnedDescriptor
    let output: OwnedDescriptor
    let errors: OwnedDescriptor
    let report: Int32?
    private var reaped = false
    private var remains: LauncherRemains?

    init(
        launcher: FilePath, report wantsReport: Bool, terminal: PseudoTerminal?, remains: LauncherRemains?
    ) throws(SandboxError) {
        self.remains = remains
        do throws(SystemCallError) {
            var sockets: [Int32] = [-1, -1]
            try system { clinux_socket_pair(&sockets) }
            control = OwnedDescriptor(owning: sockets[0])
            let childControl = OwnedDescriptor(owning: sockets[1])
            let (output, childOutput) = try Self.pipe()
            self.output = OwnedDescriptor(owning: output)
            let outputEnd = OwnedDescriptor(owning: childOutput)
            let (errors, childErrors) = try Self.pipe()
            self.errors = OwnedDescriptor(owning: errors)
            let errorsEnd = OwnedDescriptor(owning: childErrors)
            var reportEnd: Int32 = -1
            if wantsReport {
                let (report, childReport) = try Self.pipe()
                self.report = report
                reportEnd = childReport
            } else {
                report = nil
            }
            var pid: pid_t = 0
            let far = terminal?.far ?? -1
            let code = clinux_spawn_launcher(
                &pid, launcher.string, childControl.number, far, terminal == nil ? outputEnd.number : far,
                terminal == nil ? errorsEnd.number : far, reportEnd, remains?.lock ?? -1)
            if reportEnd >= 0 { close(reportEnd) }
            self.pid = pid
            if code != 0 {
                reaped = true
                throw SystemCallError(code)
            }
        } catch {
            throw SandboxError(.setUp, "cannot start the launcher \(launcher): \(error)")
        }
    }

    deinit {
        end()
        if let report { close(report) }
    }

    func send(_ message: LaunchMessage) throws(SandboxError) {
        let frame = Frame.encode(message)
        var sent = 0
        while sent < frame.count {
            do throws(SystemCallError) {
                sent += try system {
                    frame[sent...].withUnsafeBytes { clinux_send(control.number, $0.baseAddress, $0.count, -1) }
                }
            } catch {
                throw SandboxError(.lost, "the launcher did not take its order: \(error)")
            }
        }
    }

    /// Asks the launcher to kill the tree and to account for it.
    func stop() {
        var byte = UInt8(ascii: "X")
        // Where it fails the launcher is gone, and its tree with it.
        _ = clinux_send(control.number, &byte, 1, -1)
    }

    /// Kills the launcher itself; its tree dies with it. Only when it does not answer.
    func kill() {
        if !reaped { _ = Glibc.kill(pid, SIGKILL) }
    }

    /// Waits for the launcher's end, and clears away what it left.
    func reap() {
        guard !reaped else { return }
        reaped = true
        LauncherReaper.reap(pid, remains)
        remains = nil
    }

    /// Leaves the reaping of a launcher that ends, or has told the end of its run, to others.
    ///
    /// - Parameter claim: What is given up only then.
    func reapLater(holding claim: HostIDPool.Claim? = nil) {
        guard !reaped else { return }
        reaped = true
        LauncherReaper.take(pid, remains, holding: claim)
        remains = nil
    }

    /// Ends a launcher that still lives, and with it all that it contains: at once what is in control groups, else a moment later.
    func end() {
        kill()
        reap()
    }

    private static func pipe() throws(SystemCallError) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        try system { clinux_pipe(&ends) }
        return (ends[0], ends[1])
    }
}
