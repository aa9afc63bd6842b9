/// Reads what ``WireWriter`` wrote. Trusts no length: counts are checked against the bytes that
/// are there before anything is allocated.
public struct WireReader {
    private let bytes: [UInt8]
    private var position = 0

    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    public var remaining: Int { bytes.count - position }

    public mutating func number<Number: FixedWidthInteger>(_: Number.Type = Number.self) throws(WireError) -> Number {
        let size = MemoryLayout<Number>.size
        guard remaining >= size else { throw .truncated }
        var value: Number = 0
        for index in 0..<size {
            value |= Number(truncatingIfNeeded: bytes[position + index]) << Number(8 * index)
        }
        position += size
        return value
    }

    public mutating func flag() throws(WireError) -> Bool {
        let value: UInt8 = try number()
        guard value <= 1 else { throw .invalid(field: "flag", value: UInt64(value)) }
        return value == 1
    }

    public mutating func data() throws(WireError) -> [UInt8] {
        let count = try count(minimumElementSize: 1)
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    public mutating func string() throws(WireError) -> String {
        let data = try data()
        guard !data.contains(0), let string = String(validating: data, as: UTF8.self) else { throw .malformedString }
        return string
    }

    public mutating func value<Value: WireValue>(_: Value.Type = Value.self) throws(WireError) -> Value {
        try Value(from: &self)
    }

    public mutating func list<Value: WireValue>(of _: Value.Type = Value.self) throws(WireError) -> [Value] {
        var list: [Value] = []
        for _ in 0..<(try count(minimumElementSize: 1)) { list.append(try value()) }
        return list
    }

    public mutating func strings() throws(WireError) -> [String] {
        var list: [String] = []
        for _ in 0..<(try count(minimumElementSize: 4)) { list.append(try string()) }
        return list
    }

    public mutating func optional<Value: WireValue>(_: Value.Type = Value.self) throws(WireError) -> Value? {
        try flag() ? try value() : nil
    }

    /// Throws when bytes are left over: an order is one value and nothing else.
    public func end() throws(WireError) {
        guard remaining == 0 else { throw .trailing(count: remaining) }
    }

    private mutating func count(minimumElementSize size: Int) throws(WireError) -> Int {
        let count = Int(try number(UInt32.self))
        guard count <= remaining / size else { throw .truncated }
        return count
    }
}
