/// A set of layers.
public struct LayerSet: OptionSet, Sendable, WireValue {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    public init(_ layer: Layer) {
        self.init(rawValue: 1 << UInt32(layer.rawValue))
    }

    public init(_ layers: some Sequence<Layer>) {
        self = layers.reduce(into: []) { $0.insert(LayerSet($1)) }
    }

    /// The cgroup limits: the layers that an ordinary user may be unable to have.
    public static let cgroupLimits = LayerSet([.cgroupMemory, .cgroupPids, .cgroupCPU, .cgroupCPUTime])

    /// The layers that a caller may do without: the cgroup limits; Landlock, which is a second wall
    /// and no part of many kernels; and the isolation of locks, without which a build can hold up
    /// whoever locks a shown file, but cannot change one.
    public static let dispensable = cgroupLimits.union(LayerSet([.landlock, .lockIsolation]))

    public var layers: [Layer] { Layer.allCases.filter { contains($0) } }

    public func contains(_ layer: Layer) -> Bool { contains(LayerSet(layer)) }

    public init(from reader: inout WireReader) throws(WireError) {
        let raw: UInt32 = try reader.number()
        let known = LayerSet(Layer.allCases)
        guard raw & ~known.rawValue == 0 else { throw .invalid(field: "layers", value: UInt64(raw)) }
        self.init(rawValue: raw)
    }

    public func write(to writer: inout WireWriter) {
        writer.write(rawValue)
    }
}
