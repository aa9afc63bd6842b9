public import SourceText

/// A value of a call's arguments, or one that a policy compares with: JSON, whole numbers exact.
public enum PolicyValue: Sendable {
    case null
    case boolean(Bool)
    /// Not one case with 128 bits: those are not aligned in asynchronous functions (Swift 6.3).
    case unsigned(UInt64)
    /// Less than 0.
    case negative(Int64)
    case real(Double)
    case string(String)
    case array([PolicyValue])
    case object([String: PolicyValue])

    public init(_ value: SourceValue) {
        switch value.content {
        case .null: self = .null
        case .boolean(let flag): self = .boolean(flag)
        case .unsigned(let number): self = .unsigned(number)
        case .negative(let number): self = .whole(number)
        case .real(let number): self = .real(number)
        case .string(let text): self = .string(text)
        case .array(let elements): self = .array(elements.map(PolicyValue.init))
        case .object(let members):
            self = .object(Dictionary(members.map { ($0.name, PolicyValue($0.value)) }) { _, last in last })
        }
    }

    /// Arguments as JSON text.
    ///
    /// - Throws: ``SourceText/SourceFault``: where it is no JSON.
    public init(json text: String) throws(SourceFault) {
        self.init(try JSONText.parse(Array(text.utf8)))
    }

    /// A whole number.
    public static func whole(_ number: some BinaryInteger) -> PolicyValue {
        if let number = UInt64(exactly: number) { return .unsigned(number) }
        if let number = Int64(exactly: number) { return .negative(number) }
        return .real(Double(number))
    }

    /// The kind of value, as messages name it.
    var kind: String {
        switch self {
        case .null: "null"
        case .boolean: "true or false"
        case .unsigned, .negative, .real: "a number"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        }
    }
}

extension PolicyValue: Decodable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let flag = try? container.decode(Bool.self) {
            self = .boolean(flag)
        } else if let number = try? container.decode(Int64.self) {
            self = .whole(number)
        } else if let number = try? container.decode(UInt64.self) {
            self = .unsigned(number)
        } else if let number = try? container.decode(Double.self) {
            self = .real(number)
        } else if let text = try? container.decode(String.self) {
            self = .string(text)
        } else if let elements = try? container.decode([PolicyValue].self) {
            self = .array(elements)
        } else {
            self = .object(try container.decode([String: PolicyValue].self))
        }
    }
}

extension PolicyValue {
    /// Equal as JSON has it: `1` is `1.0`, and strings are compared by their bytes, for two spellings
    /// of one character are two names of files.
    func equals(_ other: PolicyValue) -> Bool {
        switch (self, other) {
        case (.null, .null): true
        case (.boolean(let left), .boolean(let right)): left == right
        case (.string(let left), .string(let right)): left.utf8.elementsEqual(right.utf8)
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.equals($1) }
        case (.object(let left), .object(let right)):
            left.count == right.count && left.allSatisfy { name, value in right[name]?.equals(value) == true }
        default: order(to: other) == .equal
        }
    }

    enum Order { case less, equal, greater }

    /// How two numbers compare; nil where one of both is none.
    func order(to other: PolicyValue) -> Order? {
        switch (self, other) {
        case (.unsigned(let left), .unsigned(let right)): left < right ? .less : left == right ? .equal : .greater
        case (.negative(let left), .negative(let right)): left < right ? .less : left == right ? .equal : .greater
        case (.negative, .unsigned): .less
        case (.unsigned, .negative): .greater
        default:
            if let left = real, let right = other.real { Self.order(left, right) } else { nil }
        }
    }

    /// As near as a double comes; nil for what is no number.
    private var real: Double? {
        switch self {
        case .unsigned(let number): Double(number)
        case .negative(let number): Double(number)
        case .real(let number): number
        default: nil
        }
    }

    private static func order(_ left: Double, _ right: Double) -> Order? {
        if left < right { return .less }
        if left > right { return .greater }
        return left == right ? .equal : nil
    }

    /// Whether a comparison between the two means something.
    func isKind(of other: PolicyValue) -> Bool { kind == other.kind }
}

extension PolicyValue: Encodable {
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .boolean(let flag): try container.encode(flag)
        case .unsigned(let number): try container.encode(number)
        case .negative(let number): try container.encode(number)
        case .real(let number): try container.encode(number)
        case .string(let text): try container.encode(text)
        case .array(let elements): try container.encode(elements)
        case .object(let members): try container.encode(members)
        }
    }
}
