import CLinux
import Glibc
import Linux
import SandboxProtocol

/// PID 1 of the new namespaces: builds the root, gives up every privilege, starts the command,
/// reaps, and says how the command ended. When it exits the kernel kills whatever is left.
struct NamespaceInit {
    let preparation: LaunchPreparation
    let status: StatusChannel
    /// The socket to the outer process: its go-ahead, and its death.
    let outer: Int32
    /// The supervisor's socket, where the order is to come from there.
    let control: Int32?
    private var hasNetwork = false
    /// Where root's command will live; -1 until it is there.
    private var userNamespace: Int32 = -1

    init(preparation: LaunchPreparation, status: StatusChannel, outer: Int32, control: Int32?) {
        self.preparation = preparation
        self.status = status
        self.outer = outer
        self.control = control
    }

    /// Without an order it prepares, and waits for one.
    consuming func run(order: LaunchOrder?) -> Never {
        let status = status
        do throws(LaunchFault) {
            let command = try setUp(order)
            // PID 1 often runs again only when a short command is over. Then there is nothing to do before its end is told.
            if let end = reap(until: command, waiting: false) {
                status.send([.timings(command.timings), .exited(end)])
                _exit(0)
            }
            status.send(.timings(command.timings))
            closeStandardStreams()
            guard let end = reap(until: command, waiting: true) else { _exit(1) }
            status.send(.exited(end))
            _exit(0)
        } catch {
            // Held back where there was no order: then the next launcher, which has one, tells.
            status.send(.failed(error))
            _exit(1)
        }
    }

    /// A command that runs.
    private struct Command: ~Copyable {
        let process: pid_t
        /// PID 1's own, where nobody else can read it.
        let account: ProcessAccount
        /// What the stages until it ran took.
        let timings: [StepTiming]
    }

    private mutating func setUp(_ given: LaunchOrder?) throws(LaunchFault) -> Command {
        var clock = StepClock()
        try dieWithOuter()
        // An ordinary user's namespace has no ids to make files with before its maps are written.
        if !preparation.identity.privileged {
            try hear(until: .goAhead)
            // While the host's procfs is there: the job's own shows settings read-only.
            NetworkBounds.set()
        }
        clock.mark(.clone)
        var root = try RootFilesystem(preparation, status: status)
        clock.mark(.pivot)
        try root.build(preparation.mounts, trees: [])
        let wall = try wall(around: root)
        try wall?.allow(preparation.mounts, of: root)
        try attempt(.network, layer: .utsNamespace, "set the host name") {
            preparation.hostName.withCString { sethostname($0, strlen($0)) }
        }
        let order = if let given { given } else { try awaitOrder(&clock) }
        try root.take(order)
        try root.build(order.mounts, trees: try hearTrees(of: order))
        if let output = order.output {
            let folder = try root.openFolder(output)
            status.send(.output, passing: folder.number)
        }
        try wall?.allow(order.mounts, of: root)
        clock.mark(.mounts)
        let rootFolder = try root.finish()
        clock.mark(.pivot)
        try enterNetwork(order)
        clock.mark(.network)
        try become(order.identity, root: rootFolder)
        // The groups that PID 1 is in by now become the roots that it sees.
        try attempt(.cgroup, layer: .cgroupNamespace, "unshare the cgroup namespace") {
            clinux_unshare(CLINUX_NEWCGROUP)
        }
        clock.mark(.identity)
        // Once it cannot be dumped, not even this process may open it.
        let account = ProcessAccount(of: preparation.identity.privileged ? nil : "self")
        try Privileges.drop(order: order, wall: wall, status: status)
        clock.mark(.privileges)
        let process = try CommandProcess.spawn(order)
        clock.mark(.spawn)
        return Command(process: process, account: account, timings: clock.timings)
    }

    /// The outer process has no pid in this namespace, so its death is noticed by signal, and by
    /// the end of its socket where it died before the signal was asked for.
    private func dieWithOuter() throws(LaunchFault) {
        try attempt(.clone, layer: .pidNamespace, "ask to die with the launcher") {
            clinux_parent_death_signal(SIGKILL)
        }
    }

    /// nil where there can be none, and none is required.
    private func wall(around root: borrowing RootFilesystem) throws(LaunchFault) -> FileWall? {
        do throws(LaunchFault) {
            return try FileWall(around: root, deniesTCP: preparation.deniesTCP)
        } catch {
            try status.miss(error, of: .landlock, optional: preparation.optionalLayers)
            return nil
        }
    }

    /// Takes the order itself, for most of what it decides is to be done here, and passes it on.
    private mutating func awaitOrder(_ clock: inout StepClock) throws(LaunchFault) -> LaunchOrder {
        guard let control else { _exit(1) }
        Rehearsal.readOrder(like: preparation)
        while true {
            var descriptors = [
                pollfd(fd: outer, events: Int16(POLLIN), revents: 0),
                pollfd(fd: control, events: Int16(POLLIN), revents: 0),
            ]
            try attempt(.order, "wait for the launch order") { poll(&descriptors, 2, -1) }
            // First what the outer process made beside.
            guard descriptors[0].revents != 0 else { break }
            try hear()
        }
        clock.restart()
        guard let body = try receiveBody(from: control) else { _exit(1) }
        try send(body, over: outer)
        guard case .order(let order) = try decodeMessage(body), preparation.fits(rest: order) else {
            throw LaunchFault(
                step: .order, layer: nil, errno: 0, detail: "the launch order does not fit what was prepared for it")
        }
        status.release()
        return order
    }

    /// The id-mapped tree of each step, -1 for those that have none.
    private mutating func hearTrees(of order: LaunchOrder) throws(LaunchFault) -> [Int32] {
        var trees = [Int32](repeating: -1, count: order.mounts.count)
        for index in order.mounts.indices where OwnedTrees.has(order.mounts[index], order.identity) {
            trees[index] = try hear(until: .tree).descriptor
        }
        return trees
    }

    /// Takes what the outer process sends until what is waited for.
    ///
    /// - Returns: What was waited for.
    @discardableResult
    private mutating func hear(until wanted: InnerMessage) throws(LaunchFault) -> Heard {
        while true {
            let heard = try hear()
            if heard.message == wanted { return heard }
            guard [.group, .network, .user].contains(heard.message) else { _exit(1) }
        }
    }

    /// Takes the next message: control groups are moved into, the network namespace is entered.
    @discardableResult
    private mutating func hear() throws(LaunchFault) -> Heard {
        // Where the outer process is gone there is nothing left to do.
        guard let heard = try buildbox_launcher.hear(outer) else { _exit(1) }
        switch heard.message {
        case .group: try join(OwnedDescriptor(owning: heard.descriptor))
        case .network: try enter(OwnedDescriptor(owning: heard.descriptor))
        case .user: userNamespace = heard.descriptor
        default: break
        }
        return heard
    }

    private func join(_ tasks: consuming OwnedDescriptor) throws(LaunchFault) {
        let number = tasks.number
        var zero = UInt8(ascii: "0")
        try attempt(.cgroup, "move PID 1 into its control group") { write(number, &zero, 1) }
    }

    private mutating func enter(_ network: consuming OwnedDescriptor) throws(LaunchFault) {
        let number = network.number
        try attempt(.network, layer: .networkNamespace, "enter the network namespace") {
            clinux_setns(number, CLINUX_NEWNET)
        }
        hasNetwork = true
    }

    private mutating func enterNetwork(_ order: LaunchOrder) throws(LaunchFault) {
        guard preparation.identity.privileged else {
            try attempt(.network, layer: .networkNamespace, "bring the loopback up") { clinux_loopback_up() }
            try offerListener(order, status)
            return
        }
        if !hasNetwork { try hear(until: .network) }
    }

    private mutating func become(_ identity: Identity, root: borrowing OwnedDescriptor) throws(LaunchFault) {
        try tell(outer, .ready, passing: root.number)
        guard identity.privileged else {
            try hear(until: .goAhead)
            return
        }
        if userNamespace < 0 { try hear(until: .user) }
        let namespace = OwnedDescriptor(owning: userNamespace)
        try attempt(.identity, layer: .userNamespace, "enter the user namespace") {
            clinux_setns(namespace.number, CLINUX_NEWUSER)
        }
        try hear(until: .goAhead)
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

    /// - Returns: How the command ended; nil where it has not, and is not waited for.
    private func reap(until command: borrowing Command, waiting: Bool) -> CommandEnd? {
        while true {
            var status: Int32 = 0
            let child = wait4(-1, &status, waiting ? 0 : WNOHANG, nil)
            if child == command.process {
                let exited = clinux_exited(status) != 0
                return CommandEnd(
                    code: exited ? clinux_exit_code(status) : 0, signal: clinux_term_signal(status),
                    writtenBytes: command.account.writtenBytes)
            }
            if child == 0 { return nil }
            // Without children there is no command to wait for: it was reaped above, or never was.
            if child < 0, errno == ECHILD { return CommandEnd(code: 0, signal: SIGKILL) }
        }
    }
}
