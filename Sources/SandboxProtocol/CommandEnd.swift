/// How the command's first process ended, as PID 1 saw it.
public struct CommandEnd: Equatable, Sendable, WireValue {
    /// Its exit code, 0 to 255, when it exited.
    public var code: Int32
    /// The signal that ended it, or 0.
    public var signal: Int32
    /// ``RunUsage/writtenBytes`` of what had ended by then: only PID 1 can ask for it where the launcher is not root. 0 elsewhere.
    public var writtenBytes: UInt64

    public init(code: Int32, signal: Int32, writtenBytes: UInt64 = 0) {
        self.code = code
        self.signal = signal
        self.writtenBytes = writtenBytes
    }

    public init(from reader: inout WireReader) throws(WireError) {
        code = try reader.number()
        signal = try reader.number()
        writtenBytes = try reader.number()
        guard (0...255).contains(code), (0...64).contains(signal) else {
            throw .invalid(field: "command end", value: UInt64(UInt32(bitPattern: code)))
        }
    }

    public func write(to writer: inout WireWriter) {
        writer.write(code)
        writer.write(signal)
        writer.write(writtenBytes)
    }
}
