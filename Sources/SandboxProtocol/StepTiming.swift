/// How long one stage of the launch took.
public struct StepTiming: Equatable, Sendable, WireValue {
    public var step: LaunchStep
    public var nanoseconds: UInt64

    public init(step: LaunchStep, nanoseconds: UInt64) {
        self.step = step
        self.nanoseconds = nanoseconds
    }

    public init(from reader: inout WireReader) throws(WireError) {
        step = try reader.value()
        nanoseconds = try reader.number()
    }

    public func write(to writer: inout WireWriter) {
        writer.write(step)
        writer.write(nanoseconds)
    }
}
