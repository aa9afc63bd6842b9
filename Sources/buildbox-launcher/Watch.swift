import CLinux
import Glibc
import Linux
import SandboxProtocol

/// Waits for the tree's end and ends it early when a limit is hit or the supervisor wants it.
struct Watch: ~Copyable {
    /// How long the kernel may take to end what was killed, before the run's end is told without it; in nanoseconds.
    private static let patience: UInt64 = 1_000_000_000

    private let order: LaunchOrder
    private let tree: ProcessTree
    private let cgroup: CgroupSet
    private let network: NetworkBounds
    private let inner: Int32
    private let control: Int32?
    private let began: UInt64
    private let deadline: UInt64
    private var scratch: Int32?
    private var innerOpen = true
    private var stop: StopReason?
    /// When the tree was told to die.
    private var stopped: UInt64?
    /// Whether it was told that it takes long to.
    private var told = false
    private var observed: UInt64 = 0
    private var usage = RunUsage()

    init(
        order: LaunchOrder, tree: ProcessTree, cgroup: CgroupSet, network: consuming NetworkBounds, inner: Int32,
        control: Int32?, began: UInt64
    ) {
        self.order = order
        self.tree = tree
        self.cgroup = cgroup
        self.network = network
        self.inner = inner
        self.control = control
        self.began = began
        deadline = began + order.limits.wallMilliseconds * 1_000_000
    }

    /// - Parameter onLingering: Called once where the kernel takes longer to end a stopped run than anybody should wait.
    /// - Throws: `LaunchFault` where the tree cannot be waited for.
    mutating func untilDead(onLingering: (RunEnd) -> Void) throws(LaunchFault) {
        var alive = true
        while alive {
            var descriptors = [
                pollfd(fd: tree.pidfd.number, events: Int16(POLLIN), revents: 0),
                pollfd(fd: innerOpen ? inner : -1, events: Int16(POLLIN), revents: 0),
                pollfd(fd: stop == nil ? control ?? -1 : -1, events: Int16(POLLIN), revents: 0),
            ]
            let ready = poll(&descriptors, 3, interval)
            guard ready >= 0 || errno == EINTR else {
                let code = errno
                tree.killAndReap()
                throw LaunchFault(step: .wait, layer: nil, errno: code, detail: "poll")
            }
            if descriptors[1].revents != 0 { try hearInner() }
            // Any byte from the supervisor, or its hang-up, means: stop.
            if descriptors[2].revents != 0 { end(for: .cancelled, observed: 0) }
            if descriptors[0].revents != 0 { alive = false }
            if stop == nil, ready == 0 || !alive { sample() }
            if alive, let stopped, !told, monotonicNanoseconds() >= stopped + Self.patience {
                told = true
                usage.wallNanoseconds = monotonicNanoseconds() - began
                onLingering(end())
            }
        }
        usage.writtenBytes = tree.writtenBytes()
        usage.cpuMicroseconds = tree.reap()
        usage.wallNanoseconds = monotonicNanoseconds() - began
    }

    /// The account of the run, once the tree is dead.
    func end() -> RunEnd {
        var usage = usage
        usage.memoryPeakBytes = cgroup.memoryPeak()
        usage.cpuMicroseconds = max(usage.cpuMicroseconds, cgroup.cpuTime() ?? 0)
        usage.pidsPeak = max(usage.pidsPeak, cgroup.pidsPeak())
        return RunEnd(stop: stop, observed: observed, usage: usage)
    }

    /// Milliseconds until the next look: close to a limit one looks more often.
    private var interval: Int32 {
        if let stopped {
            let left = Int64(stopped + Self.patience) - Int64(monotonicNanoseconds())
            return told ? -1 : Int32(max(0, left / 1_000_000 + 1))
        }
        let filling = usage.scratchPeakBytes > order.limits.scratchBytes / 4
        let untilDeadline = Int64(deadline) - Int64(monotonicNanoseconds())
        return Int32(max(0, min(untilDeadline / 1_000_000 + 1, filling ? 2 : 10)))
    }

    private mutating func hearInner() throws(LaunchFault) {
        do throws(LaunchFault) {
            guard let heard = try hear(inner), heard.message == .ready, heard.descriptor >= 0 else {
                innerOpen = false
                return
            }
            scratch = heard.descriptor
        } catch {
            // One that was killed with something unread resets the socket (unix(7)): how it ended is told by its end.
            guard error.errno == ECONNRESET else {
                tree.killAndReap()
                throw error
            }
            innerOpen = false
        }
    }

    private mutating func sample() {
        let limits = order.limits
        let used = sampleScratch()
        if let limit = used.exhausted { return end(for: limit, observed: limit == .disk ? used.bytes : used.inodes) }
        if let figure = cgroup.memoryExceeded(limit: limits.memoryBytes, scratch: used.bytes) {
            return end(for: .memory, observed: figure)
        }
        // The kernel's memory for connections is no group's: their number stands for it.
        if network.count() > NetworkBounds.connections { return end(for: .memory, observed: limits.memoryBytes) }
        if cgroup.pidsRefused() { return end(for: .pids, observed: max(cgroup.pidsPeak(), limits.pids)) }
        if let used = cgroup.cpuTime(), used / 1000 >= limits.cpuTimeMilliseconds {
            return end(for: .cpuTime, observed: used / 1000)
        }
        let now = monotonicNanoseconds()
        if now >= deadline { end(for: .time, observed: (now - began) / 1_000_000) }
    }

    private mutating func sampleScratch() -> (bytes: UInt64, inodes: UInt64, exhausted: StopReason?) {
        var space = clinux_space()
        guard let scratch, clinux_space(scratch, &space) == 0 else { return (0, 0, nil) }
        usage.scratchPeakBytes = max(usage.scratchPeakBytes, space.used_bytes)
        usage.scratchPeakInodes = max(usage.scratchPeakInodes, space.used_inodes)
        let exhausted: StopReason? = space.free_bytes == 0 ? .disk : space.free_inodes == 0 ? .inodes : nil
        return (space.used_bytes, space.used_inodes, exhausted)
    }

    private mutating func end(for reason: StopReason, observed figure: UInt64) {
        guard stop == nil else { return }
        stop = reason
        stopped = monotonicNanoseconds()
        observed = figure
        cgroup.kill()
        tree.kill()
    }
}
