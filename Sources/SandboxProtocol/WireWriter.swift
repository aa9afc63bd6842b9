/// Writes values little-endian, strings and lists behind a 32-bit count.
public struct WireWriter {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public mutating func write<Number: FixedWidthInteger>(_ number: Number) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    public mutating func write(_ flag: Bool) {
        bytes.append(flag ? 1 : 0)
    }

    public mutating func write(_ string: String) {
        write(Array(string.utf8))
    }

    public mutating func write(_ data: [UInt8]) {
        write(UInt32(data.count))
        bytes.append(contentsOf: data)
    }

    public mutating func write(_ value: some WireValue) {
        value.write(to: &self)
    }

    public mutating func write(_ list: [some WireValue]) {
        write(UInt32(list.count))
        for value in list { value.write(to: &self) }
    }

    public mutating func write(_ list: [String]) {
        write(UInt32(list.count))
        for string in list { write(string) }
    }

    public mutating func write(optional value: (some WireValue)?) {
        write(value != nil)
        if let value { write(value) }
    }
}
