import CLinux
import Glibc
import Linux
import SandboxProtocol

/// One id in a user namespace and the id behind it (user_namespaces(7)).
struct IdMap: Equatable {
    var insideUser: UInt32
    var hostUser: UInt32
    var insideGroup: UInt32
    var hostGroup: UInt32

    init(_ identity: Identity) {
        insideUser = identity.insideUser
        hostUser = identity.hostUser
        insideGroup = identity.insideGroup
        hostGroup = identity.hostGroup
    }

    /// What belongs to the owner of `source` on disk belongs to the host ids of `identity`.
    init(owner source: stat, to identity: Identity) {
        insideUser = source.st_uid
        hostUser = identity.hostUser
        insideGroup = source.st_gid
        hostGroup = identity.hostGroup
    }

    /// Writes the maps of the new user namespace of `process`. An ordinary user may only map its
    /// own group, and only when setgroups(2) is given up.
    func write(process: pid_t, privileged: Bool) throws(LaunchFault) {
        let folder = "/proc/\(process)"
        do throws(SystemCallError) {
            if !privileged { try writeText("deny", to: "\(folder)/setgroups") }
            try writeText("\(insideGroup) \(hostGroup) 1\n", to: "\(folder)/gid_map")
            try writeText("\(insideUser) \(hostUser) 1\n", to: "\(folder)/uid_map")
        } catch {
            throw LaunchFault(
                step: .idMap, layer: .userNamespace, errno: error.code, detail: "write \(folder)/uid_map and gid_map")
        }
    }

    /// A user namespace with these maps that nobody is in, for an id-mapped mount or for PID 1 to enter.
    ///
    /// - Parameter owner: Whose it is: the kernel counts what is used in it as the owner's, and not as root's.
    /// - Returns: Its descriptor.
    /// - Throws: ``LaunchFault`` where it cannot be had.
    func emptyNamespace(of owner: Identity? = nil) throws(LaunchFault) -> OwnedDescriptor {
        let sockets = try makeSocketPair()
        let near = OwnedDescriptor(owning: sockets.outer)
        var pidfd: Int32 = -1
        let parent = getpid()
        let child = clinux_clone(0, -1, &pidfd)
        if child == 0 { Self.liveInNamespace(of: owner, parent: parent, socket: sockets.inner) }
        let failure = errno
        close(sockets.inner)
        guard child > 0 else {
            throw LaunchFault(step: .idMap, layer: nil, errno: failure, detail: "clone a process for a user namespace")
        }
        let process = OwnedDescriptor(owning: pidfd)
        defer {
            _ = clinux_pidfd_signal(process.number, SIGKILL)
            _ = Self.wait(for: process.number)
        }
        guard let heard = try hear(near.number), heard.message == .ready, heard.descriptor >= 0 else {
            // It hung up, so it ends by itself; what is signalled and awaited then is gone.
            throw LaunchFault(
                step: .idMap, layer: .userNamespace, errno: Self.wait(for: process.number),
                detail: "unshare a user namespace")
        }
        let namespace = OwnedDescriptor(owning: heard.descriptor)
        try write(process: child, privileged: true)
        return namespace
    }

    /// The code that a process exits with.
    private static func wait(for process: Int32) -> Int32 {
        var status: Int32 = 0
        var usage = rusage()
        while clinux_wait_pidfd(process, &status, &usage) != 0, errno == EINTR {}
        return clinux_exit_code(status)
    }

    /// Enters a new user namespace, hands it over and waits to be killed; exits with the error number where it cannot.
    private static func liveInNamespace(of owner: Identity?, parent: pid_t, socket: Int32) -> Never {
        let (user, group) = (owner?.hostUser ?? geteuid(), owner?.hostGroup ?? getegid())
        guard clinux_unshare_user(user, group) == 0 else { _exit(errno) }
        // It dies with the launcher, however that dies, or at once where that is dead already. A change of identity
        // clears the wish (prctl(2)).
        clinux_parent_death_signal(SIGKILL)
        guard getppid() == parent else { _exit(0) }
        // Nobody else may look there without CAP_SYS_PTRACE: the change of identity made it non-dumpable.
        let namespace = clinux_open("/proc/self/ns/user", O_RDONLY, 0)
        var byte = InnerMessage.ready.rawValue
        guard namespace >= 0, clinux_send(socket, &byte, 1, namespace) == 1 else { _exit(errno) }
        while true { pause() }
    }
}
