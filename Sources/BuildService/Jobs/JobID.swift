/// A job's id: a ULID (github.com/ulid/spec), 48 bits of milliseconds and 80 of randomness in 26 characters of
/// Crockford's base 32. Later ids of one service are greater, as values and as text.
public struct JobID: Hashable, Comparable, Sendable, CustomStringConvertible {
    let value: UInt128

    init(value: UInt128) {
        self.value = value
    }

    /// - Parameter text: 26 characters, upper case; the first at most `7`. Nil for anything else.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 26, bytes[0] <= UInt8(ascii: "7") else { return nil }
        var value: UInt128 = 0
        for byte in bytes {
            guard let digit = Self.digits.firstIndex(of: byte) else { return nil }
            value = value << 5 | UInt128(digit)
        }
        self.value = value
    }

    public var description: String {
        String(unsafeUninitializedCapacity: 26) { buffer in
            for index in 0..<26 {
                buffer[index] = Self.digits[Int(truncatingIfNeeded: value >> (5 * (25 - index))) & 31]
            }
            return 26
        }
    }

    public static func < (left: JobID, right: JobID) -> Bool { left.value < right.value }

    private static let digits = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
}
