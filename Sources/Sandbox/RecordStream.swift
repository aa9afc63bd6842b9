import SandboxProtocol

/// Cuts the launcher's byte stream into status records.
struct RecordStream {
    private var pending: [UInt8] = []

    init() {}

    mutating func append(_ bytes: ArraySlice<UInt8>) throws(WireError) {
        guard pending.count + bytes.count <= Frame.limit + Frame.headerSize else {
            throw .oversized(length: pending.count + bytes.count, limit: Frame.limit)
        }
        pending.append(contentsOf: bytes)
    }

    /// The next whole record, or nil until more bytes come.
    mutating func next() throws(WireError) -> StatusRecord? {
        guard pending.count >= Frame.headerSize else { return nil }
        let length = try Frame.length(header: Array(pending[..<Frame.headerSize]))
        guard pending.count >= Frame.headerSize + length else { return nil }
        let body = Array(pending[Frame.headerSize..<Frame.headerSize + length])
        pending.removeFirst(Frame.headerSize + length)
        return try Frame.decode(body)
    }
}
