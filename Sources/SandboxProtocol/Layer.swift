/// One wall of the sandbox. Its name is what `--allow-missing` and the result document call it.
public enum Layer: UInt8, CaseIterable, Sendable, WireEnumeration {
    case userNamespace, mountNamespace, pidNamespace, networkNamespace, ipcNamespace, utsNamespace, cgroupNamespace
    case capabilities, noNewPrivileges, seccomp, resourceLimits
    case cgroupMemory, cgroupPids, cgroupCPU
    case landlock, maskedPaths, cgroupCPUTime, lockIsolation

    public static let wireName = "layer"

    public var name: String {
        switch self {
        case .userNamespace: "user-namespace"
        case .mountNamespace: "mount-namespace"
        case .pidNamespace: "pid-namespace"
        case .networkNamespace: "network-namespace"
        case .ipcNamespace: "ipc-namespace"
        case .utsNamespace: "uts-namespace"
        case .cgroupNamespace: "cgroup-namespace"
        case .capabilities: "capabilities"
        case .noNewPrivileges: "no-new-privs"
        case .seccomp: "seccomp"
        case .resourceLimits: "rlimits"
        case .cgroupMemory: "cgroup-memory"
        case .cgroupPids: "cgroup-pids"
        case .cgroupCPU: "cgroup-cpu"
        case .landlock: "landlock"
        case .maskedPaths: "masked-paths"
        case .cgroupCPUTime: "cgroup-cpu-time"
        case .lockIsolation: "lock-isolation"
        }
    }

    public init?(name: String) {
        guard let layer = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = layer
    }
}
