import Glibc

/// Which of buildbox's host ids a command runs under where root starts it. An ordinary user has
/// its own id only.
public enum JobRole: Sendable {
    /// An id that no other running command has, on the whole host.
    case job
    /// The id that owns what buildbox stores for provisioning; one command at a time. For file
    /// systems whose mounts cannot map ids: elsewhere a job writes there under its own.
    case storeOwner

    /// The ids that own on the host what provisioning stores: the caller's own, unless it is root.
    public static var storeUser: UInt32 { geteuid() == 0 ? HostIDPool.first : geteuid() }
    public static var storeGroup: UInt32 { geteuid() == 0 ? HostIDPool.first : getegid() }
}
