import CLinux
import Glibc
import Linux
import SandboxProtocol
import Synchronization
import SystemPackage

/// A launcher that was started before there is an order for it, and prepares what its order will
/// need. It serves one order, or none: what it made is never another run's.
final class ReadyLauncher {
    /// How old one may be, in seconds: it ends by itself after twice the time.
    static let freshness = Double(LaunchPreparation.idleMilliseconds) / 2000

    var isFresh: Bool { Double(monotonicNanoseconds() - began) < Self.freshness * 1e9 }

    let preparation: LaunchPreparation
    let process: LauncherProcess
    /// Its host id is its own before there is an order.
    let claim: HostIDPool.Claim
    private let began = monotonicNanoseconds()
    /// The mount table of this process: PID 1 has a copy from when it began.
    private let mounts: OwnedDescriptor
    private var taken = false

    init(
        _ preparation: LaunchPreparation, claim: HostIDPool.Claim, launcher: FilePath, record: RunRecord
    ) throws(SandboxError) {
        self.preparation = preparation
        self.claim = claim
        do throws(SystemCallError) {
            mounts = OwnedDescriptor(owning: try system { clinux_open("/proc/self/mountinfo", O_RDONLY, 0) })
        } catch {
            throw SandboxError(.setUp, "cannot open /proc/self/mountinfo: \(error)")
        }
        process = try LauncherProcess(
            launcher: launcher, report: true, terminal: nil,
            remains: LauncherRemains(preparation.cgroup, record: record))
        Self.waiting.withLock { $0 += 1 }
        try process.send(.prepare(preparation))
    }

    deinit {
        guard !taken else { return }
        process.end()
        Self.waiting.withLock { $0 -= 1 }
    }

    /// Those that wait for an order, or are being ended.
    private static let waiting = Mutex(0)

    /// Waits for those that another thread is ending: a process that exits meanwhile would leave their groups and records.
    ///
    /// - Parameter milliseconds: The longest time. What is left then is swept by the next run.
    static func awaitEnds(milliseconds: Int) {
        for _ in 0..<milliseconds where waiting.withLock({ $0 > 0 }) { usleep(1000) }
    }

    /// Who the command of its order will be.
    var identity: Identity { claim.identity }

    /// Whether an order can be given to it: it must fit, have prepared lately and for the mounts
    /// that there are now, and live.
    func serves(_ order: LaunchOrder) -> Bool {
        guard preparation.fits(order), isFresh else { return false }
        var descriptors = [
            // A launcher says nothing before it has an order: what can be read is its end.
            pollfd(fd: process.control.number, events: Int16(POLLIN), revents: 0),
            // Every change of the mount table is an exceptional condition (proc_pid_mountinfo(5)).
            pollfd(fd: mounts.number, events: Int16(POLLPRI), revents: 0),
        ]
        return poll(&descriptors, 2, 0) == 0
    }

    /// Ends it beside the caller: it takes a moment until it is dead and nothing is left of it.
    func endLater() {
        take()
        process.kill()
        process.reapLater(holding: claim)
    }

    /// From now on whoever took it clears its groups away.
    func take() {
        taken = true
        Self.waiting.withLock { $0 -= 1 }
    }
}
