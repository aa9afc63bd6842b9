/// What a launcher can do before it knows its order: what the orders of one caller have in common.
/// A launcher that was told to prepare serves one order that fits, or none.
public struct LaunchPreparation: Equatable, Sendable, WireValue {
    /// How long a launcher waits for its order before it ends. Whoever sends one sends it well before.
    public static let idleMilliseconds: Int32 = 120_000
    /// The descriptor of a prepared launcher that the command gets to report on, where its order says so.
    public static let reportDescriptor: Int32 = 4

    /// The descriptor of a supervised launcher that holds the lock of the run's record, where there is one.
    public static let recordDescriptor: Int32 = 5

    /// Who the command will be, inside and on the host.
    public var identity: Identity
    public var hostName: String
    /// What every order's mounts begin with; nothing of it is a tree of the host that belongs to the command.
    public var mounts: [MountStep]
    public var cgroup: CgroupPlan
    /// Whether Landlock refuses TCP.
    public var deniesTCP: Bool
    /// Layers whose absence is reported instead of refused.
    public var optionalLayers: LayerSet
    /// The size of the root, in bytes, and its files and folders: an order may want others.
    public var scratchBytes, scratchInodes: UInt64

    public init(
        identity: Identity, hostName: String, mounts: [MountStep], cgroup: CgroupPlan, deniesTCP: Bool,
        optionalLayers: LayerSet, scratchBytes: UInt64, scratchInodes: UInt64
    ) {
        self.identity = identity
        self.hostName = hostName
        self.mounts = mounts
        self.cgroup = cgroup
        self.deniesTCP = deniesTCP
        self.optionalLayers = optionalLayers
        self.scratchBytes = scratchBytes
        self.scratchInodes = scratchInodes
    }

    /// What can be prepared of an order, with the first `count` of its mounts.
    public init(of order: LaunchOrder, mounts count: Int = 0) {
        self.init(
            identity: order.identity, hostName: order.hostName, mounts: Array(order.mounts.prefix(count)),
            cgroup: order.cgroup, deniesTCP: order.deniesTCP, optionalLayers: order.optionalLayers,
            scratchBytes: order.limits.scratchBytes, scratchInodes: order.limits.scratchInodes)
    }

    /// Whether a launcher that prepared this can serve the order: only the group's name and the size of the root may be
    /// others, and the order may have more mounts.
    public func fits(_ order: LaunchOrder) -> Bool { order.mounts.starts(with: mounts) && fits(rest: order) }

    /// The same of what ``LaunchOrder/beyond(_:)`` left of an order, whose other mounts are the prepared ones whatever they are.
    public func fits(rest order: LaunchOrder) -> Bool {
        var asked = LaunchPreparation(of: order)
        asked.mounts = mounts
        asked.cgroup.name = cgroup.name
        (asked.scratchBytes, asked.scratchInodes) = (scratchBytes, scratchInodes)
        return asked == self
    }

    public init(from reader: inout WireReader) throws(WireError) {
        let version: UInt16 = try reader.number()
        guard version == LaunchOrder.version else {
            throw .invalid(field: "preparation version", value: UInt64(version))
        }
        identity = try reader.value()
        hostName = try reader.string()
        mounts = try reader.list()
        cgroup = try reader.value()
        deniesTCP = try reader.flag()
        optionalLayers = try reader.value()
        scratchBytes = try reader.number()
        scratchInodes = try reader.number()
        guard scratchBytes > 0, scratchInodes > 0 else { throw .invalid(field: "size of the root", value: 0) }
        // As root the outer process makes these, from the order.
        guard mounts.allSatisfy({ !$0.belongsToCommand }) else { throw .invalid(field: "prepared mount", value: 0) }
    }

    public func write(to writer: inout WireWriter) {
        writer.write(LaunchOrder.version)
        writer.write(identity)
        writer.write(hostName)
        writer.write(mounts)
        writer.write(cgroup)
        writer.write(deniesTCP)
        writer.write(optionalLayers)
        writer.write(scratchBytes)
        writer.write(scratchInodes)
    }
}

extension MountStep {
    /// Whether it is a tree of the host that is mapped to the command's ids.
    public var belongsToCommand: Bool {
        switch self {
        case .bind(_, _, let access): access.asOwner
        case .overlay: true
        default: false
        }
    }
}
