import CLinux
import Glibc
import Linux
import SandboxProtocol

/// The outer process: makes the control groups, clones PID 1 into the new namespaces, watches it
/// until it is dead, and clears away what the run leaves. What no order decides it does before it
/// has one, where it is told to (``LaunchPreparation``).
struct Launch {
    let preparation: LaunchPreparation
    let status: StatusChannel
    /// The supervisor's socket, where there is one.
    let control: Int32?

    /// Without an order it prepares, and waits for one that fits.
    func run(order given: LaunchOrder?, clock: consuming StepClock) throws(LaunchFault) {
        umask(0o022)
        if given == nil { status.hold() }
        try closeInherited(given?.reportDescriptor ?? LaunchPreparation.reportDescriptor)
        var cgroup = CgroupSet(unified: preparation.cgroup.unified)
        do throws(LaunchFault) {
            // Version 2 lets a child be born in its group; the groups of version 1 are made beside its work.
            if cgroup.unified {
                try cgroup.make(preparation, status: status)
                clock.mark(.cgroup)
            }
            if given == nil { Rehearsal.readOrder(like: preparation) }
            let pair = try makeSocketPair()
            let tree = try clone(order: given, into: cgroup, sockets: pair)
            keepMounts(of: tree)
            clock.mark(.clone)
            close(pair.inner)
            closeStandardStreams(given?.reportDescriptor ?? LaunchPreparation.reportDescriptor)
            let end = try supervise(tree, inner: pair.outer, order: given, cgroup: &cgroup, clock: &clock)
            // Every contained process is dead: nobody has to wait until the groups are gone, too.
            if let end { status.send([.timings(clock.timings), .ended(end)]) }
            cgroup.remove()
        } catch {
            cgroup.remove()
            throw error
        }
    }

    /// Taking a mount namespace apart takes the kernel longer than all else at a run's end. Held by this process it goes
    /// with it, and not with PID 1, whose end everybody waits for. It is never closed; without it the wait is longer, no more.
    private func keepMounts(of tree: borrowing ProcessTree) {
        _ = clinux_open("/proc/\(tree.pid)/ns/mnt", O_RDONLY, 0)
    }

    private func clone(
        order: LaunchOrder?, into cgroup: CgroupSet, sockets: (outer: Int32, inner: Int32)
    ) throws(LaunchFault) -> ProcessTree {
        let birthplace = try cgroup.birthplace()
        defer { if birthplace >= 0 { close(birthplace) } }
        var pidfd: Int32 = -1
        let child = try attempt(.clone, layer: namespaces.layer, "clone into new namespaces") {
            clinux_clone(namespaces.flags, birthplace, &pidfd)
        }
        if child == 0 {
            close(sockets.outer)
            if order != nil, let control, control != status.descriptor { close(control) }
            if record >= 0 { close(record) }
            NamespaceInit(
                preparation: preparation, status: status, outer: sockets.inner, control: order == nil ? control : nil
            ).run(order: order)
        }
        return ProcessTree(pid: child, pidfd: OwnedDescriptor(owning: pidfd))
    }

    /// Does its own part while PID 1 builds its root, which is not let go on to the command before it
    /// is in its namespaces and groups.
    ///
    /// - Returns: nil where no order came, or the end was told already.
    private func supervise(
        _ tree: ProcessTree, inner: Int32, order given: LaunchOrder?, cgroup: inout CgroupSet, clock: inout StepClock
    ) throws(LaunchFault) -> RunEnd? {
        do throws(LaunchFault) {
            if let given { try offerTrees(of: given, inner: inner, tree: tree, clock: &clock) }
            if preparation.identity.privileged {
                try makeNetwork(for: inner)
                clock.mark(.network)
            }
            if !cgroup.unified {
                try cgroup.make(preparation, status: status)
                try cgroup.offer(over: inner)
                clock.mark(.cgroup)
            }
            if preparation.identity.privileged {
                let namespace = try IdMap(preparation.identity).emptyNamespace(of: preparation.identity)
                try tell(inner, .user, passing: namespace.number)
            } else {
                try IdMap(preparation.identity).write(process: tree.pid, privileged: false)
                try tell(inner, .goAhead)
            }
            cgroup.openFiles()
            // As root this process is in the command's network namespace; otherwise PID 1 alone is.
            let network = NetworkBounds(of: preparation.identity.privileged ? "self" : "\(tree.pid)")
            let order = given != nil ? given : try awaitOrder(for: tree, inner: inner, clock: &clock)
            guard let order else {
                tree.killAndReap()
                return nil
            }
            if preparation.identity.privileged { try offerListener(order, status) }
            try cgroup.limit(order, status: status)
            try letGo(inner)
            clock.mark(.cgroup)
            let began = monotonicNanoseconds()
            var watch = Watch(
                order: order, tree: tree, cgroup: cgroup, network: network, inner: inner, control: control,
                began: began)
            var lingers = false
            // Killed, they do nothing more; but they are not dead. This process stays until they are, and so do their groups.
            try watch.untilDead { end in
                lingers = true
                status.send(.ended(end))
            }
            clock.mark(.wait)
            return lingers ? nil : watch.end()
        } catch {
            tree.killAndReap()
            throw error
        }
    }

    /// PID 1 may go on to the command. Where it is dead already, the watch tells how that came.
    private func letGo(_ inner: Int32) throws(LaunchFault) {
        do throws(LaunchFault) {
            try tell(inner, .goAhead)
        } catch {
            guard error.errno == EPIPE || error.errno == ECONNRESET else { throw error }
        }
    }

    /// The order for what is prepared, from PID 1; nil where the supervisor is gone, PID 1 could not prepare or was given
    /// another, or nobody wants it for too long.
    private func awaitOrder(
        for tree: ProcessTree, inner: Int32, clock: inout StepClock
    ) throws(LaunchFault) -> LaunchOrder? {
        guard let control else { return nil }
        var descriptors = [
            pollfd(fd: inner, events: Int16(POLLIN), revents: 0),
            // Its hang-up alone: what comes there is for PID 1 to read.
            pollfd(fd: control, events: 0, revents: 0),
        ]
        let ready = try attempt(.order, "wait for the launch order") {
            poll(&descriptors, 2, LaunchPreparation.idleMilliseconds)
        }
        guard ready > 0, descriptors[0].revents != 0, let heard = try hear(inner), heard.message == .order else {
            return nil
        }
        clock.restart()
        guard case .order(let order) = try decodeMessage(try receive(heard, from: inner)),
            preparation.fits(rest: order)
        else { return nil }
        status.release()
        try offerTrees(of: order, inner: inner, tree: tree, clock: &clock)
        return order
    }

    private func offerTrees(
        of order: LaunchOrder, inner: Int32, tree: ProcessTree, clock: inout StepClock
    ) throws(LaunchFault) {
        status.send(.started(initPid: tree.pid))
        let trees = try OwnedTrees(order: order)
        defer { trees.closeAll() }
        for tree in trees.bySteps where tree >= 0 { try tell(inner, .tree, passing: tree) }
        clock.mark(.idMap)
    }

    /// A network namespace costs as much as a whole root. As root this process makes it, beside
    /// PID 1's work, moves into it itself and hands it over.
    private func makeNetwork(for inner: Int32) throws(LaunchFault) {
        try attempt(.network, layer: .networkNamespace, "unshare the network namespace") {
            clinux_unshare(CLINUX_NEWNET)
        }
        NetworkBounds.set()
        try attempt(.network, layer: .networkNamespace, "bring the loopback up") { clinux_loopback_up() }
        let namespace = OwnedDescriptor(
            owning: try attempt(.network, layer: .networkNamespace, "open the network namespace") {
                clinux_open("/proc/self/ns/net", O_RDONLY, 0)
            })
        try tell(inner, .network, passing: namespace.number)
    }

    private var namespaces: (flags: UInt64, layer: Layer) {
        let flags = UInt64(CLINUX_NEWNS | CLINUX_NEWPID | CLINUX_NEWIPC | CLINUX_NEWUTS)
        if preparation.identity.privileged { return (flags, .mountNamespace) }
        return (flags | UInt64(CLINUX_NEWUSER | CLINUX_NEWNET), .userNamespace)
    }

    /// It is held until this process ends: the run is alive as long as that, whatever becomes of the supervisor.
    private var record: Int32 {
        let number = LaunchPreparation.recordDescriptor
        return control != nil && fcntl(number, F_GETFD) >= 0 ? number : -1
    }

    private func closeInherited(_ report: Int32) throws(LaunchFault) {
        // Descriptors 0 to 2 stay until the clone: 1 and 2 are the command's output.
        let kept = [status.descriptor, control ?? -1, report, record].filter { $0 > 2 }.sorted()
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
        for descriptor in kept where descriptor != report {
            try attempt(.order, "keep a descriptor from the command") {
                fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            }
        }
    }

    private func closeStandardStreams(_ report: Int32) {
        for descriptor in Int32(0)...2 where descriptor != status.descriptor && descriptor != control {
            close(descriptor)
        }
        if report > 2 { close(report) }
    }
}
