/// What of the network a command sees. Its network namespace is always its own.
public enum NetworkAccess: Equatable, Sendable, WireValue {
    /// Nothing but the namespace's loopback.
    case none
    /// The loopback, and on its 127.0.0.1 a TCP port (1...65535) that a proxy outside answers: the
    /// launcher makes the listening socket inside and hands its descriptor to the supervisor.
    case proxy(port: UInt16)

    public init(from reader: inout WireReader) throws(WireError) {
        let tag: UInt8 = try reader.number()
        switch tag {
        case 0: self = .none
        case 1:
            let port: UInt16 = try reader.number()
            // The command has to know the port before the kernel could choose one.
            guard port > 0 else { throw .invalid(field: "proxy port", value: 0) }
            self = .proxy(port: port)
        default: throw .invalid(field: "network access", value: UInt64(tag))
        }
    }

    public func write(to writer: inout WireWriter) {
        switch self {
        case .none: writer.write(UInt8(0))
        case .proxy(let port):
            writer.write(UInt8(1))
            writer.write(port)
        }
    }
}
