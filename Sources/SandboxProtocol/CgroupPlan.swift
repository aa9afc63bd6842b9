/// Where the launcher makes the run's control groups.
public struct CgroupPlan: Equatable, Sendable, WireValue {
    /// One folder to make the run's group in, and the limits that are set there.
    public struct Parent: Equatable, Sendable, WireValue {
        /// Absolute path of an existing group on the host.
        public var path: String
        public var limits: LayerSet

        public init(path: String, limits: LayerSet) {
            self.path = path
            self.limits = limits
        }

        public init(from reader: inout WireReader) throws(WireError) {
            path = try reader.string()
            limits = try reader.value()
        }

        public func write(to writer: inout WireWriter) {
            writer.write(path)
            writer.write(limits)
        }
    }

    /// cgroups(7), version 2: one group has all limits and a file for each. Version 1: a group
    /// in the hierarchy of each controller.
    public var unified: Bool
    public var parents: [Parent]
    /// The name of the new group in each parent.
    public var name: String

    public init(unified: Bool, parents: [Parent], name: String) {
        self.unified = unified
        self.parents = parents
        self.name = name
    }

    public init(from reader: inout WireReader) throws(WireError) {
        unified = try reader.flag()
        parents = try reader.list()
        name = try reader.string()
        guard !name.utf8.contains(UInt8(ascii: "/")), name != ".", name != "..", !name.isEmpty else {
            throw .malformedString
        }
    }

    public func write(to writer: inout WireWriter) {
        writer.write(unified)
        writer.write(parents)
        writer.write(name)
    }
}
