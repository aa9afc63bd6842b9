/// What a run used. A figure that the kernel does not keep is 0.
public struct RunUsage: Equatable, Sendable, WireValue {
    public var wallNanoseconds: UInt64
    /// User and system time of the whole tree.
    public var cpuMicroseconds: UInt64
    /// The cgroup's peak: scratch files and page cache included.
    public var memoryPeakBytes: UInt64
    public var pidsPeak: UInt64
    /// Sampled, every few milliseconds.
    public var scratchPeakBytes: UInt64
    public var scratchPeakInodes: UInt64
    /// Bytes that write(2) and its kin took, wherever they went: files, pipes, output (`wchar` of
    /// proc_pid_io(5)). Pages written through mmap(2) are not counted.
    public var writtenBytes: UInt64

    public init(
        wallNanoseconds: UInt64 = 0, cpuMicroseconds: UInt64 = 0, memoryPeakBytes: UInt64 = 0, pidsPeak: UInt64 = 0,
        scratchPeakBytes: UInt64 = 0, scratchPeakInodes: UInt64 = 0, writtenBytes: UInt64 = 0
    ) {
        self.wallNanoseconds = wallNanoseconds
        self.cpuMicroseconds = cpuMicroseconds
        self.memoryPeakBytes = memoryPeakBytes
        self.pidsPeak = pidsPeak
        self.scratchPeakBytes = scratchPeakBytes
        self.scratchPeakInodes = scratchPeakInodes
        self.writtenBytes = writtenBytes
    }

    public init(from reader: inout WireReader) throws(WireError) {
        wallNanoseconds = try reader.number()
        cpuMicroseconds = try reader.number()
        memoryPeakBytes = try reader.number()
        pidsPeak = try reader.number()
        scratchPeakBytes = try reader.number()
        scratchPeakInodes = try reader.number()
        writtenBytes = try reader.number()
    }

    public func write(to writer: inout WireWriter) {
        writer.write(wallNanoseconds)
        writer.write(cpuMicroseconds)
        writer.write(memoryPeakBytes)
        writer.write(pidsPeak)
        writer.write(scratchPeakBytes)
        writer.write(scratchPeakInodes)
        writer.write(writtenBytes)
    }
}
