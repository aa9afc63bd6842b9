/// The launcher's last word on a run.
public struct RunEnd: Equatable, Sendable, WireValue {
    /// Why the launcher killed the tree, or nil when it did not.
    public var stop: StopReason?
    /// The figure that was seen when a limit was hit, in the limit's unit; 0 otherwise.
    public var observed: UInt64
    public var usage: RunUsage

    public init(stop: StopReason?, observed: UInt64, usage: RunUsage) {
        self.stop = stop
        self.observed = observed
        self.usage = usage
    }

    public init(from reader: inout WireReader) throws(WireError) {
        stop = try reader.optional()
        observed = try reader.number()
        usage = try reader.value()
    }

    public func write(to writer: inout WireWriter) {
        writer.write(optional: stop)
        writer.write(observed)
        writer.write(usage)
    }
}
