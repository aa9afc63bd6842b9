/// All that a diagnosis is made of. A plain value: the facts of any host can be written down and diagnosed anywhere.
struct HostFacts: Sendable {
    var kernel: KernelRelease
    var architecture: String
    /// The effective user id.
    var user: UInt32
    /// Whether the ids are there that root's sandboxes run under: not in every user namespace.
    var hasSandboxIDs: Bool
    /// Effective capabilities, a bit each (capabilities(7)).
    var capabilities: UInt64
    /// Whether a seccomp filter holds for this process already.
    var filtered: Bool
    /// Settings of /proc/sys by their sysctl(8) names; one that is not there is not in here.
    var settings: [String: String]
    /// AppArmor's label of this process, such as `docker-default (enforce)`, or "".
    var confinement: String
    /// Whether SELinux enforces.
    var enforcing: Bool
    /// The active security modules, where /sys/kernel/security can be read.
    var securityModules: [String]?
    var surroundings: Surroundings
    /// The systemd unit of this process, such as `ci.service`, or "".
    var unit: String
    var mounts: [MountPoint]
    var trials: [Primitive: TrialEnding]
    var groups: GroupFacts
    var limits: [LimitFact]
    var state: FolderFacts
    /// The launcher's path.
    var launcher: String
    var launcherState: LauncherState
    var rehearsal: Rehearsal

    var isRoot: Bool { user == 0 }

    /// CAP_SYS_ADMIN.
    var hasSystemAdmin: Bool { capabilities & (1 << 21) != 0 }
}
