/// What the launcher tells the supervisor, on the descriptor that no contained process has.
public enum StatusRecord: Equatable, Sendable, WireValue {
    /// How long stages took, in nanoseconds.
    case timings([StepTiming])
    /// A layer that the order allows to be missing, is.
    case missing(layer: Layer, errno: Int32, detail: String)
    /// The set-up cannot be completed; nothing of the command ran.
    case failed(LaunchFault)
    /// The directory descriptor of the order's output path comes with this record.
    case output
    /// The command runs; its pid on the host is not told, its PID 1's is.
    case started(initPid: Int32)
    /// The command ended by itself.
    case exited(CommandEnd)
    /// Everything is dead and cleared away. Always the last record.
    case ended(RunEnd)
    /// The listening socket of the order's ``NetworkAccess/proxy(port:)`` comes with this record.
    case listener

    public init(from reader: inout WireReader) throws(WireError) {
        let tag: UInt8 = try reader.number()
        switch tag {
        case 0: self = .timings(try reader.list())
        case 1:
            self = .missing(layer: try reader.value(), errno: try reader.number(), detail: try reader.string())
        case 2: self = .failed(try reader.value())
        case 3: self = .output
        case 4: self = .started(initPid: try reader.number())
        case 5: self = .exited(try reader.value())
        case 6: self = .ended(try reader.value())
        case 7: self = .listener
        default: throw .invalid(field: "status record", value: UInt64(tag))
        }
    }

    public func write(to writer: inout WireWriter) {
        switch self {
        case .timings(let timings):
            writer.write(UInt8(0))
            writer.write(timings)
        case .missing(let layer, let errno, let detail):
            writer.write(UInt8(1))
            writer.write(layer)
            writer.write(errno)
            writer.write(detail)
        case .failed(let fault):
            writer.write(UInt8(2))
            writer.write(fault)
        case .output:
            writer.write(UInt8(3))
        case .started(let pid):
            writer.write(UInt8(4))
            writer.write(pid)
        case .exited(let end):
            writer.write(UInt8(5))
            writer.write(end)
        case .ended(let end):
            writer.write(UInt8(6))
            writer.write(end)
        case .listener:
            writer.write(UInt8(7))
        }
    }
}
