/// What ties a response to its request, and a progress notification to its call: a string or a whole number.
public enum RequestID: Hashable, Sendable {
    case string(String)
    case integer(Int64)

    /// Nil for what the protocol takes for no id: null, fractions, and numbers or texts that are too long to keep.
    public init?(_ value: JSONValue) {
        if let number = value.integer {
            self = .integer(number)
        } else if let text = value.string, text.utf8.count <= Self.longest {
            self = .string(text)
        } else {
            return nil
        }
    }

    /// Bytes of an id that is a string.
    public static let longest = 1024

    public var value: JSONValue {
        switch self {
        case .string(let text): .string(text)
        case .integer(let number): .integer(number)
        }
    }
}
