import CLinux
import Glibc
import Linux
import SandboxProtocol

/// The run's control groups (cgroups(7)): made with their limits, read while the run lives,
/// removed when it is dead. A group is never used twice.
struct CgroupSet {
    let unified: Bool
    /// The groups that were made, and the limits that each carries.
    private var groups: [(path: String, limits: LayerSet)] = []
    /// Their files that are read at the run's end, when somebody waits for it.
    private var files: [Statistic: Int32] = [:]

    init(unified: Bool) {
        self.unified = unified
    }

    /// Makes the groups, without limits yet.
    mutating func make(_ preparation: LaunchPreparation, status: StatusChannel) throws(LaunchFault) {
        for parent in preparation.cgroup.parents {
            let path = "\(parent.path)/\(preparation.cgroup.name)"
            do throws(LaunchFault) {
                try attempt(.cgroup, layer: parent.limits.layers.first, "make the control group \(path)") {
                    mkdir(path, 0o755)
                }
                groups.append((path, parent.limits))
                if !unified, parent.limits.contains(.cgroupMemory) { limitSockets(in: path) }
            } catch {
                try miss(parent.limits, error, optional: preparation.optionalLayers, status)
            }
        }
    }

    /// Version 1 counts what waits in TCP and UDP sockets apart. The first limit of that kind makes the kernel patch itself, which
    /// takes so long that it is the same for all orders, and set before there is one.
    private func limitSockets(in path: String) {
        // Kernels do without it, and then count nothing there.
        _ = Result { () throws(SystemCallError) in
            try writeText("\(64 << 20)", to: "\(path)/memory.kmem.tcp.limit_in_bytes")
        }
    }

    /// What is read of a run that is alive or has just ended.
    private enum Statistic: CaseIterable {
        case memory, memoryEvents, memoryPeak, pidsEvents, pidsPeak, cpuTime

        var layer: Layer {
            switch self {
            case .memory, .memoryEvents, .memoryPeak: .cgroupMemory
            case .pidsEvents, .pidsPeak: .cgroupPids
            case .cpuTime: .cgroupCPUTime
            }
        }

        func file(unified: Bool) -> String {
            switch self {
            case .memory: unified ? "memory.current" : "memory.usage_in_bytes"
            case .memoryEvents: unified ? "memory.events" : "memory.oom_control"
            case .memoryPeak: unified ? "memory.peak" : "memory.max_usage_in_bytes"
            case .pidsEvents: "pids.events"
            case .pidsPeak: "pids.peak"
            case .cpuTime: unified ? "cpu.stat" : "cpuacct.usage"
            }
        }
    }

    /// Opens what will be read at the run's end, for as long as this process is there: after the clone, for PID 1 has no
    /// use for it. A file that cannot be opened now is opened when it is read.
    mutating func openFiles() {
        for statistic in Statistic.allCases {
            guard let path = path(of: statistic) else { continue }
            let descriptor = clinux_open(path, O_RDONLY, 0)
            if descriptor >= 0 { files[statistic] = descriptor }
        }
    }

    /// Sets the limits of the order; nothing of it runs before.
    mutating func limit(_ order: LaunchOrder, status: StatusChannel) throws(LaunchFault) {
        for index in groups.indices {
            do throws(LaunchFault) {
                for layer in groups[index].limits.layers { try set(layer, in: groups[index].path, order.limits) }
            } catch {
                try miss(groups[index].limits, error, optional: order.optionalLayers, status)
                groups[index].limits = []
            }
        }
    }

    private func miss(
        _ limits: LayerSet, _ fault: LaunchFault, optional: LayerSet, _ status: StatusChannel
    ) throws(LaunchFault) {
        guard optional.isSuperset(of: limits) else { throw fault }
        for layer in limits.layers { try status.miss(fault, of: layer, optional: optional) }
    }

    private func set(_ layer: Layer, in path: String, _ limits: LaunchLimits) throws(LaunchFault) {
        for setting in settings(for: layer, limits) {
            do throws(SystemCallError) {
                try writeText(setting.value, to: "\(path)/\(setting.file)")
            } catch {
                if setting.optional { continue }
                throw LaunchFault(
                    step: .cgroup, layer: layer, errno: error.code,
                    detail: "write \(setting.value) to \(path)/\(setting.file)")
            }
        }
    }

    private typealias Setting = (file: String, value: String, optional: Bool)

    private func settings(for layer: Layer, _ limits: LaunchLimits) -> [Setting] {
        // Pages of the scratch file system are charged to the group, so its memory limit is both;
        // which of the two was hit is told apart by looking (memoryExceeded, Watch.sampleScratch).
        let memory = "\(limits.memoryBytes + limits.scratchBytes)"
        let period: UInt64 = 100_000
        let quota = max(1000, limits.cpuMillis * period / 1000)
        switch (layer, unified) {
        case (.cgroupMemory, true):
            // Without swap accounting there is no memory.swap.max.
            return [
                ("memory.max", memory, false), ("memory.oom.group", "1", false), ("memory.swap.max", "0", true),
            ]
        case (.cgroupMemory, false):
            return [
                ("memory.limit_in_bytes", memory, false), ("memory.memsw.limit_in_bytes", memory, true),
            ]
        case (.cgroupPids, _): return [("pids.max", "\(limits.pids)", false)]
        case (.cgroupCPU, true): return [("cpu.max", "\(quota) \(period)", false)]
        case (.cgroupCPU, false):
            return [("cpu.cfs_period_us", "\(period)", false), ("cpu.cfs_quota_us", "\(quota)", false)]
        // CPU time is only counted: the watch ends the run.
        default: return []
        }
    }

    /// A descriptor of the one group of version 2, for a child to be born in (CLONE_INTO_CGROUP);
    /// -1 where there is none. The caller closes it.
    func birthplace() throws(LaunchFault) -> Int32 {
        guard unified, let group = groups.first else { return -1 }
        return try attempt(.cgroup, layer: group.limits.layers.first, "open the control group \(group.path)") {
            clinux_open(group.path, O_RDONLY | O_DIRECTORY, 0)
        }
    }

    /// Lets PID 1 move itself into the groups of version 1. A process that moves itself, alone, by
    /// the `tasks` file does not wait for every processor; moving another one takes 5 to 20 ms.
    func offer(over socket: Int32) throws(LaunchFault) {
        guard !unified else { return }
        for group in groups {
            let tasks = OwnedDescriptor(
                owning: try attempt(.cgroup, layer: group.limits.layers.first, "open \(group.path)/tasks") {
                    clinux_open("\(group.path)/tasks", O_WRONLY, 0)
                })
            try tell(socket, .group, passing: tasks.number)
        }
    }

    /// Kills everything in the group, where the kernel can (version 2, Linux 5.14); the pid
    /// namespace's end does it everywhere.
    func kill() {
        guard unified else { return }
        for group in groups {
            // Absent before Linux 5.14; the pid namespace's end is what counts.
            do throws(SystemCallError) { try writeText("1", to: "\(group.path)/cgroup.kill") } catch { continue }
        }
    }

    /// Bytes of memory over `limit`, or nil when the run is within it. Files in the scratch file
    /// system, `scratch` bytes, do not count; memory files and shared memory do.
    func memoryExceeded(limit: UInt64, scratch: UInt64) -> UInt64? {
        guard let group = group(of: .cgroupMemory) else { return nil }
        let total = number(.memory)
        let killed = field("oom_kill", contents(.memoryEvents)) > 0
        guard killed || total > limit + scratch else { return nil }
        // The total has page cache of the host's files too, which the kernel takes back when it
        // must: only what cannot be taken back counts.
        let kinds = contents("\(group)/memory.stat")
        let anonymous = field(unified ? "anon" : "rss", kinds)
        let shared = field("shmem", kinds)
        let used = anonymous + (shared > scratch ? shared - scratch : 0)
        if killed { return max(used, limit) }
        return used > limit ? used : nil
    }

    /// True once a fork was refused for the limit on pids.
    func pidsRefused() -> Bool { field("max", contents(.pidsEvents)) > 0 }

    /// Microseconds of CPU time of all processes, the dead included; nil where they are not counted.
    func cpuTime() -> UInt64? {
        guard group(of: .cgroupCPUTime) != nil else { return nil }
        return unified ? field("usage_usec", contents(.cpuTime)) : number(.cpuTime) / 1000
    }

    func memoryPeak() -> UInt64 { number(.memoryPeak) }

    /// Kept by the kernel since Linux 6.1.
    func pidsPeak() -> UInt64 { number(.pidsPeak) }

    /// Removes the groups. A group can be busy for a moment after its last process is reaped; what
    /// stays after a second is left to the supervisor's sweep.
    func remove() {
        for group in groups {
            var tries = 0
            while rmdir(group.path) != 0, errno == EBUSY, tries < 500 {
                tries += 1
                usleep(2000)
            }
        }
    }

    private func group(of layer: Layer) -> String? {
        groups.first { $0.limits.contains(layer) }?.path
    }

    private func path(of statistic: Statistic) -> String? {
        group(of: statistic.layer).map { "\($0)/\(statistic.file(unified: unified))" }
    }

    private func number(_ statistic: Statistic) -> UInt64 {
        contents(statistic).map { leadingNumber($0[...]) } ?? 0
    }

    /// The number behind a name in a flat keyed file.
    private func field(_ name: String, _ text: [UInt8]?) -> UInt64 {
        text.map { flatKeyedField(name, in: $0) } ?? 0
    }

    /// A statistic that this kernel does not keep is absent, which is no fault; so is one whose group is not there.
    private func contents(_ statistic: Statistic) -> [UInt8]? {
        guard let file = files[statistic] else { return path(of: statistic).flatMap(contents) }
        do throws(SystemCallError) { return try readBytes(from: file) } catch { return nil }
    }

    private func contents(_ path: String) -> [UInt8]? {
        do throws(SystemCallError) { return try readBytes(path) } catch { return nil }
    }
}
