/// Orders and records cross as frames: a 32-bit little-endian length, then that many bytes.
public enum Frame {
    /// The largest frame either side accepts, in bytes. An order holds a compiled filter, a few
    /// dozen mounts and an environment; a record far less.
    public static let limit = 4 << 20
    public static let headerSize = 4

    public static func encode(_ value: some WireValue) -> [UInt8] {
        var body = WireWriter()
        body.write(value)
        var frame = WireWriter()
        frame.write(body.bytes)
        return frame.bytes
    }

    /// The length that a header announces.
    public static func length(header: [UInt8]) throws(WireError) -> Int {
        var reader = WireReader(header)
        let length = Int(try reader.number(UInt32.self))
        guard length <= limit else { throw .oversized(length: length, limit: limit) }
        return length
    }

    public static func decode<Value: WireValue>(_ body: [UInt8], as _: Value.Type = Value.self) throws(WireError)
        -> Value
    {
        var reader = WireReader(body)
        let value: Value = try reader.value()
        try reader.end()
        return value
    }
}
