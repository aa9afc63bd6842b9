/// What the supervisor tells a launcher: an order, or first what to prepare for one.
public enum LaunchMessage: Equatable, Sendable, WireValue {
    case prepare(LaunchPreparation)
    /// Behind a preparation the order's mounts are those that were not prepared.
    case order(LaunchOrder)

    public init(from reader: inout WireReader) throws(WireError) {
        let tag: UInt8 = try reader.number()
        switch tag {
        case 0: self = .prepare(try reader.value())
        case 1: self = .order(try reader.value())
        default: throw .invalid(field: "launch message", value: UInt64(tag))
        }
    }

    public func write(to writer: inout WireWriter) {
        switch self {
        case .prepare(let preparation):
            writer.write(UInt8(0))
            writer.write(preparation)
        case .order(let order):
            writer.write(UInt8(1))
            writer.write(order)
        }
    }
}
