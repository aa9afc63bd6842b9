import FoundationEssentials
import PythonBuild
public import SourceText

/// A JSON value as messages carry it (RFC 8259).
public enum JSONValue: Equatable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case real(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Reads one document strictly (``JSONText``).
    ///
    /// - Throws: The first fault in it. A document with more values than `mostValues` is refused before
    ///   it is read: a tree of them costs some hundred times its text.
    public init(_ bytes: [UInt8], bounds: SourceBounds, mostValues: Int = 100_000) throws(SourceFault) {
        let separators = bytes.reduce(0) { count, byte in
            byte == UInt8(ascii: ",") || byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") ? count + 1 : count
        }
        guard separators <= mostValues else {
            throw SourceFault("the text has more than \(mostValues) values", at: SourcePosition(line: 1, column: 1))
        }
        self.init(try JSONText.parse(bytes, bounds: bounds))
    }

    public init(_ source: SourceValue) {
        switch source.content {
        case .null: self = .null
        case .boolean(let value): self = .boolean(value)
        case .unsigned(let value): self = Int64(exactly: value).map { .integer($0) } ?? .real(Double(value))
        case .negative(let value): self = .integer(value)
        case .real(let value): self = .real(value)
        case .string(let text): self = .string(text)
        case .array(let elements): self = .array(elements.map { JSONValue($0) })
        case .object(let members):
            self = .object(Dictionary(uniqueKeysWithValues: members.map { ($0.name, JSONValue($0.value)) }))
        }
    }

    public var string: String? { if case .string(let text) = self { text } else { nil } }
    public var boolean: Bool? { if case .boolean(let value) = self { value } else { nil } }
    public var object: [String: JSONValue]? { if case .object(let members) = self { members } else { nil } }
    public var array: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }

    /// A whole number, written with or without a fraction of zeros.
    public var integer: Int64? {
        switch self {
        case .integer(let value): value
        case .real(let value): Int64(exactly: value)
        default: nil
        }
    }

    /// What a message calls it: `a string`, `null`.
    var title: String {
        switch self {
        case .null: "null"
        case .boolean: "a boolean"
        case .integer, .real: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// One line of JSON, keys sorted.
    public var bytes: [UInt8] {
        let encoder = DocumentEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(self))
        } catch {
            preconditionFailure("a JSON value is encodable, but for numbers that no parser makes: \(error)")
        }
    }

    public var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension JSONValue: Encodable {
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .boolean(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .real(let value): try container.encode(value)
        case .string(let text): try container.encode(text)
        case .array(let elements): try container.encode(elements)
        case .object(let members): try container.encode(members)
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral text: String) { self = .string(text) }
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral members: (String, JSONValue)...) {
        self = .object(Dictionary(uniqueKeysWithValues: members))
    }
}
