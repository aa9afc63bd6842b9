/// Why the launcher could not set a run up.
public struct LaunchFault: Error, Equatable, Sendable, WireValue {
    public var step: LaunchStep
    /// The layer that cannot be had, where it is one.
    public var layer: Layer?
    /// The system call's errno(3), or 0 where no call failed.
    public var errno: Int32
    /// What was tried, on what.
    public var detail: String

    public init(step: LaunchStep, layer: Layer?, errno: Int32, detail: String) {
        self.step = step
        self.layer = layer
        self.errno = errno
        self.detail = detail
    }

    public init(from reader: inout WireReader) throws(WireError) {
        step = try reader.value()
        layer = try reader.optional()
        errno = try reader.number()
        detail = try reader.string()
    }

    public func write(to writer: inout WireWriter) {
        writer.write(step)
        writer.write(optional: layer)
        writer.write(errno)
        writer.write(detail)
    }
}
