/// A value of a JSON document (RFC 8259) that knows where it stands.
public struct SourceValue: Equatable, Sendable {
    public enum Content: Equatable, Sendable {
        case null
        case boolean(Bool)
        /// A whole number from 0 to `UInt64.max`, exact.
        case unsigned(UInt64)
        /// A whole number from `Int64.min` to -1, exact.
        case negative(Int64)
        /// Every other number, as near as a double comes.
        case real(Double)
        case string(String)
        case array([SourceValue])
        /// In the order of the text; no two have the same name.
        case object([SourceMember])
    }

    public let content: Content
    /// Where its first character stands.
    public let position: SourcePosition
    public let path: SourcePath

    /// The value as a fault names it: `the string "x"`, `an array`.
    public var title: String {
        switch content {
        case .null: "null"
        case .boolean(let value): "\(value)"
        case .unsigned(let value): "the number \(value)"
        case .negative(let value): "the number \(value)"
        case .real(let value): "the number \(value)"
        case .string(let text): "the string \(quoted(text))"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
