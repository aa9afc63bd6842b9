import CLibcap
import CLinux
import Glibc
import Linux
import SandboxProtocol

/// Gives up everything that PID 1 and the command do not need. What is dropped here stays
/// dropped: no_new_privs holds over every execve.
enum Privileges {
    /// Without a `wall` the launch goes on without Landlock.
    static func drop(order: LaunchOrder, wall: consuming FileWall?, status: StatusChannel) throws(LaunchFault) {
        try limitResources(order.limits)
        try emptyCapabilities()
        try attempt(.privileges, layer: .noNewPrivileges, "set no_new_privs") { clinux_no_new_privileges() }
        try attempt(.privileges, "make PID 1 non-dumpable") { clinux_not_dumpable() }
        if let wall {
            do throws(LaunchFault) {
                try wall.raise()
            } catch {
                try status.miss(error, of: .landlock, optional: order.optionalLayers)
            }
        }
        // The last one decides whether there could be another.
        if !order.secondFilter.isEmpty { try loadFilter(order.secondFilter) }
        try loadFilter(order.filter)
    }

    private static func limitResources(_ limits: LaunchLimits) throws(LaunchFault) {
        // The cgroup counts processes first and gives the verdict; RLIMIT_NPROC, which counts per
        // user namespace, is the second wall behind it.
        // One byte: no file is written for it, and unlike 0 it keeps a core_pattern that is a pipe
        // from starting its handler on the host (core(5), fs/coredump.c).
        try limit(RLIMIT_CORE, to: 1, "RLIMIT_CORE")
        try limit(RLIMIT_NOFILE, to: limits.openFiles, "RLIMIT_NOFILE")
        try limit(RLIMIT_FSIZE, to: limits.fileBytes, "RLIMIT_FSIZE")
        // One process alone cannot use more than the whole tree may, wherever the tree is not counted.
        try limit(RLIMIT_CPU, to: limits.cpuTimeMilliseconds / 1000 + 1, "RLIMIT_CPU")
        try limit(__RLIMIT_NPROC, to: limits.pids + 64, "RLIMIT_NPROC")
        try limit(__RLIMIT_MEMLOCK, to: 64 << 10, "RLIMIT_MEMLOCK")
        try limit(__RLIMIT_RTPRIO, to: 0, "RLIMIT_RTPRIO")
        try limit(__RLIMIT_NICE, to: 0, "RLIMIT_NICE")
        try limit(__RLIMIT_SIGPENDING, to: max(1024, limits.pids * 4), "RLIMIT_SIGPENDING")
        try limit(__RLIMIT_MSGQUEUE, to: 819_200, "RLIMIT_MSGQUEUE")
    }

    /// Lowers both limits to `value`, or leaves the hard one where it is lower already.
    private static func limit(
        _ resource: __rlimit_resource, to value: UInt64, _ name: StaticString
    ) throws(LaunchFault) {
        let resource = Int32(resource.rawValue)
        var soft: UInt64 = 0
        var hard: UInt64 = 0
        try attempt(.privileges, layer: .resourceLimits, "read \(name)") {
            clinux_get_limit(resource, &soft, &hard)
        }
        let value = min(value, hard)
        try attempt(.privileges, layer: .resourceLimits, "set \(name) to \(value)") {
            clinux_set_limit(resource, value, value)
        }
    }

    private static func emptyCapabilities() throws(LaunchFault) {
        var capability: cap_value_t = 0
        while cap_drop_bound(capability) == 0 { capability += 1 }
        // Behind the last one that this kernel has there is none (PR_CAPBSET_DROP of prctl(2)).
        guard errno == EINVAL, capability > 0 else {
            throw LaunchFault(
                step: .privileges, layer: .capabilities, errno: errno,
                detail: "drop capability \(capability) from the bounding set")
        }
        try attempt(.privileges, layer: .capabilities, "empty the ambient set") { clinux_clear_ambient() }
        guard let empty = cap_init() else {
            throw LaunchFault(step: .privileges, layer: .capabilities, errno: errno, detail: "cap_init")
        }
        defer { cap_free(UnsafeMutableRawPointer(empty)) }
        try attempt(.privileges, layer: .capabilities, "empty the capability sets") { cap_set_proc(empty) }
    }

    private static func loadFilter(_ program: [UInt8]) throws(LaunchFault) {
        let count = UInt16(program.count / 8)
        try attempt(.privileges, layer: .seccomp, "load a seccomp filter of \(count) instructions") {
            program.withUnsafeBytes { clinux_load_filter($0.baseAddress, count) }
        }
    }
}
