/// Who the command is, inside and on the host.
public struct Identity: Equatable, Sendable, WireValue {
    public var insideUser: UInt32
    public var insideGroup: UInt32
    /// The ids behind it on the host.
    public var hostUser: UInt32
    public var hostGroup: UInt32
    /// True when the launcher runs as root: it then makes every namespace as root and enters the
    /// user namespace last, so that the command owns none of the others.
    public var privileged: Bool

    public init(insideUser: UInt32, insideGroup: UInt32, hostUser: UInt32, hostGroup: UInt32, privileged: Bool) {
        self.insideUser = insideUser
        self.insideGroup = insideGroup
        self.hostUser = hostUser
        self.hostGroup = hostGroup
        self.privileged = privileged
    }

    public init(from reader: inout WireReader) throws(WireError) {
        insideUser = try reader.number()
        insideGroup = try reader.number()
        hostUser = try reader.number()
        hostGroup = try reader.number()
        privileged = try reader.flag()
        guard !privileged || (hostUser != 0 && hostGroup != 0) else { throw .invalid(field: "host user", value: 0) }
    }

    public func write(to writer: inout WireWriter) {
        writer.write(insideUser)
        writer.write(insideGroup)
        writer.write(hostUser)
        writer.write(hostGroup)
        writer.write(privileged)
    }
}
