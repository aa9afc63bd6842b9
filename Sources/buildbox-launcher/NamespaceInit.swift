import CLinux
import Glibc
import Linux
import SandboxProtocol

/// PID 1 of the new namespaces: builds the root, gives up every privilege, starts the command,
/// reaps, and says how the command ended. When it exits the kernel kills whatever is left.
struct NamespaceInit {
    let order: LaunchOrder
    let trees: OwnedTrees
    let status: StatusChannel
    /// The socket to the outer process: its go-ahead, and its death.
    let outer: Int32

    func run() -> Never {
        do throws(LaunchFault) {
            let command = try setUp()
            let end = reap(until: command)
            status.send(.exited(end))
            _exit(0)
        } catch {
            status.send(.failed(error))
            _exit(1)
        }
    }

    private func setUp() throws(LaunchFault) -> pid_t {
        var clock = StepClock()
        try dieWithOuter()
        // An ordinary user's namespace has no ids to make files with before its maps are written.
        if !order.identity.privileged { try awaitGoAhead() }
        clock.mark(.clone)
        var root = try RootFilesystem(order: order, trees: trees, status: status)
        clock.mark(.pivot)
        try root.build()
        if let output = order.output {
            let folder = try root.openFolder(output)
            status.send(.output, passing: folder.number)
        }
        clock.mark(.mounts)
        let rootFolder = try root.finish()
        clock.mark(.pivot)
        try isolateHost()
        clock.mark(.network)
        try become(order.identity, root: rootFolder)
        // The groups that PID 1 is in by now become the roots that it sees.
        try attempt(.cgroup, layer: .cgroupNamespace, "unshare the cgroup namespace") {
            clinux_unshare(CLINUX_NEWCGROUP)
        }
        clock.mark(.identity)
        try Privileges.drop(order: order, status: status)
        clock.mark(.privileges)
        let command = try CommandProcess.spawn(order)
        clock.mark(.spawn)
        status.send(.timings(clock.timings))
        closeStandardStreams()
        return command
    }

    /// The outer process has no pid in this namespace, so its death is noticed by signal, and by
    /// the end of its socket where it died before the signal was asked for.
    private func dieWithOuter() throws(LaunchFault) {
        try attempt(.clone, layer: .pidNamespace, "ask to die with the launcher") {
            clinux_parent_death_signal(SIGKILL)
        }
    }

    /// Waits until it may go on, and moves into the control groups that it is offered meanwhile.
    private func awaitGoAhead() throws(LaunchFault) {
        while true {
            let (message, descriptor) = try next()
            switch message {
            case .goAhead: return
            case .group: try join(OwnedDescriptor(owning: descriptor))
            case .network, .ready: _exit(1)
            }
        }
    }

    private func join(_ tasks: consuming OwnedDescriptor) throws(LaunchFault) {
        let number = tasks.number
        var zero = UInt8(ascii: "0")
        try attempt(.cgroup, "move PID 1 into its control group") { write(number, &zero, 1) }
    }

    /// The next message. Where the outer process is gone there is nothing left to do.
    private func next() throws(LaunchFault) -> (message: InnerMessage, descriptor: Int32) {
        guard let heard = try hear(outer) else { _exit(1) }
        return heard
    }

    private func isolateHost() throws(LaunchFault) {
        try attempt(.network, layer: .utsNamespace, "set the host name") {
            order.hostName.withCString { sethostname($0, strlen($0)) }
        }
        guard order.identity.privileged else {
            try attempt(.network, layer: .networkNamespace, "bring the loopback up") { clinux_loopback_up() }
            try offerListener(order, status)
            return
        }
        let (message, descriptor) = try next()
        guard message == .network else { _exit(1) }
        let namespace = OwnedDescriptor(owning: descriptor)
        try attempt(.network, layer: .networkNamespace, "enter the network namespace") {
            clinux_setns(namespace.number, CLINUX_NEWNET)
        }
    }

    private func become(_ identity: Identity, root: borrowing OwnedDescriptor) throws(LaunchFault) {
        if identity.privileged {
            try attempt(.identity, layer: .userNamespace, "unshare the user namespace") {
                clinux_unshare_user(identity.hostUser, identity.hostGroup)
            }
        }
        try tell(outer, .ready, passing: root.number)
        try awaitGoAhead()
        guard identity.privileged else { return }
        try attempt(.identity, layer: .userNamespace, "drop the supplementary groups") { clinux_set_groups_empty() }
        try attempt(.identity, layer: .userNamespace, "become user \(identity.insideUser)") {
            clinux_set_user(identity.insideUser, identity.insideGroup)
        }
        // A change of identity clears the wish (prctl(2)).
        try dieWithOuter()
        var poll = pollfd(fd: outer, events: 0, revents: 0)
        if Glibc.poll(&poll, 1, 0) > 0, poll.revents & Int16(POLLHUP) != 0 { _exit(1) }
    }

    private func closeStandardStreams() {
        for descriptor in Int32(0)...2 where descriptor != status.descriptor { close(descriptor) }
    }

    private func reap(until command: pid_t) -> CommandEnd {
        while true {
            var status: Int32 = 0
            let child = wait4(-1, &status, 0, nil)
            if child == command {
                let exited = clinux_exited(status) != 0
                return CommandEnd(
                    code: exited ? clinux_exit_code(status) : 0, signal: clinux_term_signal(status))
            }
            // Without children there is no command to wait for: it was reaped above, or never was.
            if child < 0, errno == ECHILD { return CommandEnd(code: 0, signal: SIGKILL) }
        }
    }
}
