import SandboxProtocol

/// A primitive of the kernel that the launcher builds sandboxes of, each tried in a process of its own.
enum Primitive: String, CaseIterable, Sendable {
    case userNamespace = "user-namespace"
    case mountNamespace = "mount-namespace"
    case pidNamespace = "pid-namespace"
    case networkNamespace = "network-namespace"
    case ipcNamespace = "ipc-namespace"
    case utsNamespace = "uts-namespace"
    case cgroupNamespace = "cgroup-namespace"
    case procfs
    case tmpfs
    case mountTree = "mount-tree"
    case pivotRoot = "pivot-root"
    case openat2
    case pidfd
    case capabilities
    case noNewPrivileges = "no-new-privs"
    case seccomp
    case landlock
    case lockIsolation = "lock-isolation"
    case idMappedMount = "id-mapped-mount"
    case overlayfs

    /// Whether every sandbox needs it. Without the others a source folder is copied instead of overlaid.
    var required: Bool { self != .idMappedMount && self != .overlayfs }

    /// Whether an ordinary user has it only inside a user namespace.
    var needsUserNamespace: Bool {
        switch self {
        case .userNamespace, .openat2, .pidfd, .noNewPrivileges, .seccomp, .landlock: false
        default: true
        }
    }
}
