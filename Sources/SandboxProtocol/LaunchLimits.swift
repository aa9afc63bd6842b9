/// What a run may use. Zero is never "no limit".
public struct LaunchLimits: Equatable, Sendable, WireValue {
    /// Memory of the whole tree in bytes, files in the scratch file system not counted.
    public var memoryBytes: UInt64
    /// Size of the scratch file system in bytes.
    public var scratchBytes: UInt64
    /// Files and folders in the scratch file system.
    public var scratchInodes: UInt64
    /// Processes and threads of the whole tree.
    public var pids: UInt64
    /// Thousandths of one CPU.
    public var cpuMillis: UInt64
    /// CPU time of the whole tree, in milliseconds.
    public var cpuTimeMilliseconds: UInt64
    /// Wall-clock time in milliseconds.
    public var wallMilliseconds: UInt64
    /// Open descriptors of one process (RLIMIT_NOFILE).
    public var openFiles: UInt64
    /// Size of one file in bytes (RLIMIT_FSIZE).
    public var fileBytes: UInt64

    public init(
        memoryBytes: UInt64, scratchBytes: UInt64, scratchInodes: UInt64, pids: UInt64, cpuMillis: UInt64,
        cpuTimeMilliseconds: UInt64, wallMilliseconds: UInt64, openFiles: UInt64, fileBytes: UInt64
    ) {
        self.memoryBytes = memoryBytes
        self.scratchBytes = scratchBytes
        self.scratchInodes = scratchInodes
        self.pids = pids
        self.cpuMillis = cpuMillis
        self.cpuTimeMilliseconds = cpuTimeMilliseconds
        self.wallMilliseconds = wallMilliseconds
        self.openFiles = openFiles
        self.fileBytes = fileBytes
    }

    public init(from reader: inout WireReader) throws(WireError) {
        memoryBytes = try reader.number()
        scratchBytes = try reader.number()
        scratchInodes = try reader.number()
        pids = try reader.number()
        cpuMillis = try reader.number()
        cpuTimeMilliseconds = try reader.number()
        wallMilliseconds = try reader.number()
        openFiles = try reader.number()
        fileBytes = try reader.number()
        let all = [
            memoryBytes, scratchBytes, scratchInodes, pids, cpuMillis, cpuTimeMilliseconds, wallMilliseconds, openFiles,
            fileBytes,
        ]
        guard all.allSatisfy({ $0 > 0 && $0 < 1 << 62 }) else { throw .invalid(field: "limit", value: 0) }
    }

    public func write(to writer: inout WireWriter) {
        writer.write(memoryBytes)
        writer.write(scratchBytes)
        writer.write(scratchInodes)
        writer.write(pids)
        writer.write(cpuMillis)
        writer.write(cpuTimeMilliseconds)
        writer.write(wallMilliseconds)
        writer.write(openFiles)
        writer.write(fileBytes)
    }
}
