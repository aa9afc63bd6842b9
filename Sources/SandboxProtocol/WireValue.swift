/// A value that crosses between the supervisor and the launcher.
public protocol WireValue {
    init(from reader: inout WireReader) throws(WireError)
    func write(to writer: inout WireWriter)
}

/// An enumeration that crosses as its raw number.
public protocol WireEnumeration: WireValue, RawRepresentable where RawValue == UInt8 {
    static var wireName: String { get }
}

extension WireEnumeration {
    public init(from reader: inout WireReader) throws(WireError) {
        let raw: UInt8 = try reader.number()
        guard let value = Self(rawValue: raw) else { throw .invalid(field: Self.wireName, value: UInt64(raw)) }
        self = value
    }

    public func write(to writer: inout WireWriter) {
        writer.write(rawValue)
    }
}
