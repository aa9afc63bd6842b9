import CLinux
import Glibc
import Linux
import SandboxProtocol

/// The outer process: makes the control groups, clones PID 1 into the new namespaces, watches it
/// until it is dead, and clears away what the run leaves.
struct Launch {
    let order: LaunchOrder
    let status: StatusChannel
    /// The supervisor's socket, where there is one.
    let control: Int32?

    func run() throws(LaunchFault) {
        umask(0o022)
        let began = monotonicNanoseconds()
        var clock = StepClock()
        try closeInherited()
        let cgroup = try CgroupSet(order: order, status: status)
        clock.mark(.cgroup)
        let end: RunEnd
        do throws(LaunchFault) {
            end = try supervise(cgroup: cgroup, began: began, clock: &clock)
        } catch {
            cgroup.remove()
            throw error
        }
        cgroup.remove()
        clock.mark(.cleanup)
        status.send(.timings(clock.timings))
        status.send(.ended(end))
    }

    private func supervise(
        cgroup: CgroupSet, began: UInt64, clock: inout StepClock
    ) throws(LaunchFault) -> RunEnd {
        let trees = try OwnedTrees(order: order)
        clock.mark(.idMap)
        var pair: [Int32] = [-1, -1]
        try attempt(.clone, "make a socket pair") {
            socketpair(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &pair)
        }
        var pidfd: Int32 = -1
        let child = try attempt(.clone, layer: namespaces.layer, "clone into new namespaces") {
            clinux_clone(namespaces.flags, &pidfd)
        }
        if child == 0 {
            close(pair[0])
            if let control, control != status.descriptor { close(control) }
            NamespaceInit(order: order, trees: trees, status: status, outer: pair[1]).run()
        }
        trees.closeAll()
        close(pair[1])
        closeStandardStreams()
        let tree = ProcessTree(pid: child, pidfd: OwnedDescriptor(owning: pidfd))
        do throws(LaunchFault) {
            try cgroup.add(child)
            if !order.identity.privileged { try IdMap(order.identity).write(process: child, privileged: false) }
            try goAhead(pair[0])
        } catch {
            tree.killAndReap()
            throw error
        }
        clock.mark(.clone)
        var watch = Watch(order: order, tree: tree, cgroup: cgroup, inner: pair[0], control: control, began: began)
        try watch.untilDead()
        clock.mark(.wait)
        return watch.end()
    }

    private var namespaces: (flags: UInt64, layer: Layer) {
        var flags = UInt64(CLINUX_NEWNS | CLINUX_NEWPID | CLINUX_NEWIPC | CLINUX_NEWUTS)
        if order.network == .none { flags |= UInt64(CLINUX_NEWNET) }
        if order.identity.privileged { return (flags, .mountNamespace) }
        return (flags | UInt64(CLINUX_NEWUSER), .userNamespace)
    }

    private func closeInherited() throws(LaunchFault) {
        // Descriptors 0 to 2 stay until the clone: 1 and 2 are the command's output.
        let kept = [status.descriptor, control ?? -1, order.reportDescriptor].filter { $0 > 2 }.sorted()
        var first: UInt32 = 3
        for descriptor in kept where UInt32(descriptor) >= first {
            if UInt32(descriptor) > first { _ = clinux_close_range(first, UInt32(descriptor) - 1) }
            first = UInt32(descriptor) + 1
        }
        try attempt(.order, "close inherited descriptors") { clinux_close_range(first, UInt32.max) }
        for descriptor in kept where descriptor != order.reportDescriptor {
            try attempt(.order, "keep a descriptor from the command") {
                fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            }
        }
    }

    private func closeStandardStreams() {
        for descriptor in Int32(0)...2 where descriptor != status.descriptor && descriptor != control {
            close(descriptor)
        }
        if order.reportDescriptor > 2 { close(order.reportDescriptor) }
    }
}

/// Lets PID 1 go on.
func goAhead(_ socket: Int32) throws(LaunchFault) {
    var byte = UInt8(ascii: "G")
    try attempt(.clone, "let PID 1 go on") { clinux_send(socket, &byte, 1, -1) }
}
