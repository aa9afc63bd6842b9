import NIOPosix

/// How files are read and written for clients: in pieces, on threads that may block.
enum FilePieces {
    /// Bytes.
    static let size: UInt64 = 128 << 10

    static func read<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await NIOThreadPool.singleton.runIfActive(work)
    }
}
