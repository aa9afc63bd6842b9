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

    /// A user namespace with these maps that nobody is in, for an id-mapped mount.
    func emptyNamespace() throws(LaunchFault) -> OwnedDescriptor {
        var pidfd: Int32 = -1
        let parent = getpid()
        let child = try attempt(.idMap, layer: .userNamespace, "clone a user namespace for an id-mapped mount") {
            clinux_clone(UInt64(CLINUX_NEWUSER), -1, &pidfd)
        }
        if child == 0 {
            // It dies with this process, however that dies, or at once where it is dead already.
            clinux_parent_death_signal(SIGKILL)
            if getppid() != parent { _exit(0) }
            while true { pause() }
        }
        let process = OwnedDescriptor(owning: pidfd)
        defer {
            var status: Int32 = 0
            var usage = rusage()
            _ = clinux_pidfd_signal(process.number, SIGKILL)
            _ = clinux_wait_pidfd(process.number, &status, &usage)
        }
        try write(process: child, privileged: true)
        return OwnedDescriptor(
            owning: try attempt(.idMap, "open the user namespace of an id-mapped mount") {
                clinux_open("/proc/\(child)/ns/user", O_RDONLY, 0)
            })
    }
}
