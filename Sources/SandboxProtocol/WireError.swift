/// What is wrong with bytes that should have been an order or a status record.
public enum WireError: Error, Equatable, Sendable {
    /// The bytes end before the value does.
    case truncated
    /// A length is beyond what the reader accepts.
    case oversized(length: Int, limit: Int)
    /// A tag or a number that the protocol does not define.
    case invalid(field: String, value: UInt64)
    /// A string that is not UTF-8, or that holds a NUL where the kernel would cut it.
    case malformedString
    /// Bytes left over behind the value.
    case trailing(count: Int)
    /// A record that comes with a descriptor, and came without it.
    case missingDescriptor
}
