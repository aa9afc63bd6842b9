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

    func run(clock: consuming StepClock) throws(LaunchFault) {
        umask(0o022)
        let began = monotonicNanoseconds()
        try closeInherited()
        let trees = try OwnedTrees(order: order)
        clock.mark(.idMap)
        var cgroup = CgroupSet(unified: order.cgroup.unified)
        do throws(LaunchFault) {
            // Version 2 lets a child be born in its group; the groups of version 1 are made beside its work.
            if order.cgroup.unified {
                try cgroup.make(order: order, status: status)
                clock.mark(.cgroup)
            }
            let pair = try socketPair()
            let tree = try clone(trees: trees, into: cgroup, sockets: pair)
            clock.mark(.clone)
            status.send(.started(initPid: tree.pid))
            trees.closeAll()
            close(pair.inner)
            closeStandardStreams()
            let end = try supervise(tree, inner: pair.outer, cgroup: &cgroup, began: began, clock: &clock)
            cgroup.remove()
            clock.mark(.cleanup)
            status.send(.timings(clock.timings))
            status.send(.ended(end))
        } catch {
            cgroup.remove()
            throw error
        }
    }

    private func socketPair() throws(LaunchFault) -> (outer: Int32, inner: Int32) {
        var pair: (outer: Int32, inner: Int32) = (-1, -1)
        try attempt(.clone, "make a socket pair") { clinux_message_pair(&pair.outer, &pair.inner) }
        return pair
    }

    private func clone(
        trees: OwnedTrees, into cgroup: CgroupSet, sockets: (outer: Int32, inner: Int32)
    ) throws(LaunchFault) -> ProcessTree {
        let birthplace = try cgroup.birthplace()
        defer { if birthplace >= 0 { close(birthplace) } }
        var pidfd: Int32 = -1
        let child = try attempt(.clone, layer: namespaces.layer, "clone into new namespaces") {
            clinux_clone(namespaces.flags, birthplace, &pidfd)
        }
        if child == 0 {
            close(sockets.outer)
            if let control, control != status.descriptor { close(control) }
            NamespaceInit(order: order, trees: trees, status: status, outer: sockets.inner).run()
        }
        return ProcessTree(pid: child, pidfd: OwnedDescriptor(owning: pidfd))
    }

    /// Makes the network namespace and the control groups of version 1 while PID 1 builds its
    /// root: it is not let go on to the command before it is in them.
    private func supervise(
        _ tree: ProcessTree, inner: Int32, cgroup: inout CgroupSet, began: UInt64, clock: inout StepClock
    ) throws(LaunchFault) -> RunEnd {
        do throws(LaunchFault) {
            if order.identity.privileged {
                try makeNetwork(for: inner)
                clock.mark(.network)
            }
            if !order.cgroup.unified {
                try cgroup.make(order: order, status: status)
                try cgroup.offer(over: inner)
                clock.mark(.cgroup)
            }
            if !order.identity.privileged {
                try IdMap(order.identity).write(process: tree.pid, privileged: false)
                try tell(inner, .goAhead)
            }
            var watch = Watch(order: order, tree: tree, cgroup: cgroup, inner: inner, control: control, began: began)
            try watch.untilDead()
            clock.mark(.wait)
            return watch.end()
        } catch {
            tree.killAndReap()
            throw error
        }
    }

    /// A network namespace costs as much as a whole root. As root this process makes it, beside
    /// PID 1's work, moves into it itself and hands it over.
    private func makeNetwork(for inner: Int32) throws(LaunchFault) {
        try attempt(.network, layer: .networkNamespace, "unshare the network namespace") {
            clinux_unshare(CLINUX_NEWNET)
        }
        try attempt(.network, layer: .networkNamespace, "bring the loopback up") { clinux_loopback_up() }
        try offerListener(order, status)
        let namespace = OwnedDescriptor(
            owning: try attempt(.network, layer: .networkNamespace, "open the network namespace") {
                clinux_open("/proc/self/ns/net", O_RDONLY, 0)
            })
        try tell(inner, .network, passing: namespace.number)
    }

    private var namespaces: (flags: UInt64, layer: Layer) {
        let flags = UInt64(CLINUX_NEWNS | CLINUX_NEWPID | CLINUX_NEWIPC | CLINUX_NEWUTS)
        if order.identity.privileged { return (flags, .mountNamespace) }
        return (flags | UInt64(CLINUX_NEWUSER | CLINUX_NEWNET), .userNamespace)
    }

    private func closeInherited() throws(LaunchFault) {
        // Descriptors 0 to 2 stay until the clone: 1 and 2 are the command's output.
        let kept = [status.descriptor, control ?? -1, order.reportDescriptor].filter { $0 > 2 }.sorted()
        var first: UInt32 = 3
        for descriptor in kept where UInt32(descriptor) >= first {
            if UInt32(descriptor) > first {
                try attempt(.order, "close inherited descriptors") {
                    clinux_close_range(first, UInt32(descriptor) - 1)
                }
            }
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
