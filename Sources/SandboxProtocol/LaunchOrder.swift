/// Everything the launcher does for one run: it reads one order, obeys it and adds nothing.
public struct LaunchOrder: Equatable, Sendable, WireValue {
    /// What runs: argv, whose first word is an absolute path inside.
    public var arguments: [String]
    /// The whole environment, `NAME=VALUE` each.
    public var environment: [String]
    /// Absolute path inside.
    public var workingDirectory: String
    public var identity: Identity
    public var hostName: String
    public var network: NetworkAccess
    /// Carried out in this order in an empty root.
    public var mounts: [MountStep]
    public var limits: LaunchLimits
    public var cgroup: CgroupPlan
    /// The seccomp filter as classic BPF, 8 bytes an instruction (seccomp(2)).
    public var filter: [UInt8]
    /// Another one beside it, of the same kind; empty for none.
    public var secondFilter: [UInt8]
    /// Whether Landlock refuses TCP, the loopback's included.
    public var deniesTCP: Bool
    /// Layers whose absence is reported instead of refused.
    public var optionalLayers: LayerSet
    /// A path inside whose directory descriptor is handed to the supervisor. Needs a socket.
    public var output: String?
    /// The launcher's descriptor that the command gets as descriptor 3, or -1 for none.
    public var reportDescriptor: Int32
    /// Whether the launcher's standard input is a terminal (pty(7)) that becomes the command's own;
    /// otherwise the command reads /dev/null.
    public var terminal: Bool

    public init(
        arguments: [String], environment: [String], workingDirectory: String, identity: Identity, hostName: String,
        network: NetworkAccess, mounts: [MountStep], limits: LaunchLimits, cgroup: CgroupPlan, filter: [UInt8],
        secondFilter: [UInt8] = [], deniesTCP: Bool = false, optionalLayers: LayerSet = [], output: String? = nil,
        reportDescriptor: Int32 = -1,
        terminal: Bool = false
    ) {
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.identity = identity
        self.hostName = hostName
        self.network = network
        self.mounts = mounts
        self.limits = limits
        self.cgroup = cgroup
        self.filter = filter
        self.secondFilter = secondFilter
        self.deniesTCP = deniesTCP
        self.optionalLayers = optionalLayers
        self.output = output
        self.reportDescriptor = reportDescriptor
        self.terminal = terminal
    }

    /// The order as a launcher gets it that has prepared the first of its mounts.
    public func beyond(_ preparation: LaunchPreparation) -> LaunchOrder {
        var order = self
        order.mounts.removeFirst(preparation.mounts.count)
        return order
    }

    public init(from reader: inout WireReader) throws(WireError) {
        let version: UInt16 = try reader.number()
        guard version == Self.version else { throw .invalid(field: "order version", value: UInt64(version)) }
        arguments = try reader.strings()
        environment = try reader.strings()
        workingDirectory = try reader.string()
        identity = try reader.value()
        hostName = try reader.string()
        network = try reader.value()
        mounts = try reader.list()
        limits = try reader.value()
        cgroup = try reader.value()
        filter = try reader.data()
        secondFilter = try reader.data()
        deniesTCP = try reader.flag()
        optionalLayers = try reader.value()
        output = try reader.flag() ? try reader.string() : nil
        reportDescriptor = try reader.number()
        terminal = try reader.flag()
        guard !arguments.isEmpty else { throw .invalid(field: "arguments", value: 0) }
        for filter in [filter, secondFilter] where filter.count % 8 != 0 || filter.count / 8 > Int(UInt16.max) {
            throw .invalid(field: "filter", value: UInt64(filter.count))
        }
    }

    public func write(to writer: inout WireWriter) {
        writer.write(Self.version)
        writer.write(arguments)
        writer.write(environment)
        writer.write(workingDirectory)
        writer.write(identity)
        writer.write(hostName)
        writer.write(network)
        writer.write(mounts)
        writer.write(limits)
        writer.write(cgroup)
        writer.write(filter)
        writer.write(secondFilter)
        writer.write(deniesTCP)
        writer.write(optionalLayers)
        writer.write(output != nil)
        if let output { writer.write(output) }
        writer.write(reportDescriptor)
        writer.write(terminal)
    }

    /// Supervisor and launcher are built together; a stale launcher is refused, not guessed at.
    static let version: UInt16 = 4
}
