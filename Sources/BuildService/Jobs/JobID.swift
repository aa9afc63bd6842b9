/// A job's id: a ULID (github.com/ulid/spec), 48 bits of milliseconds and 80 of randomness in 26 characters of
/// Crockford's base 32. Later ids of one service are greater, as values and as text.
public struct JobID: Hashable, Comparable, Sendable, CustomStringConvertible {
    // Two halves: the compiler does not align a UInt128 that an asynchronous function has on its stack.
    let high: UInt64
    let low: UInt64

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// - Parameter text: 26 characters, upper case; the first at most `7`. Nil for anything else.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 26, bytes[0] <= UInt8(ascii: "7") else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for byte in bytes {
            guard let digit = Self.digits.firstIndex(of: byte) else { return nil }
            high = high << 5 | low >> 59
            low = low << 5 | UInt64(digit)
        }
        self.init(high: high, low: low)
    }

    public var description: String {
        String(unsafeUninitializedCapacity: 26) { buffer in
            var (high, low) = (high, low)
            for index in (0..<26).reversed() {
                buffer[index] = Self.digits[Int(low & 31)]
                low = low >> 5 | high << 59
                high >>= 5
            }
            return 26
        }
    }

    /// The next greater one.
    var successor: JobID {
        let (low, overflow) = low.addingReportingOverflow(1)
        return JobID(high: high &+ (overflow ? 1 : 0), low: low)
    }

    public static func < (left: JobID, right: JobID) -> Bool { (left.high, left.low) < (right.high, right.low) }

    private static let digits = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
}
