/// A stage of the launcher's work, for latencies and for saying where it failed.
public enum LaunchStep: UInt8, CaseIterable, Sendable, WireEnumeration {
    case order, cgroup, idMap, clone, mounts, overlay, pivot, network, identity, privileges, spawn, wait

    public static let wireName = "launch step"

    public var name: String {
        switch self {
        case .order: "order"
        case .cgroup: "cgroup"
        case .idMap: "id-map"
        case .clone: "clone"
        case .mounts: "mounts"
        case .overlay: "overlay"
        case .pivot: "pivot"
        case .network: "network"
        case .identity: "identity"
        case .privileges: "privileges"
        case .spawn: "spawn"
        case .wait: "wait"
        }
    }
}
