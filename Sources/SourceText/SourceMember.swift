/// A member of an object: its name, where the name stands, and its value.
public struct SourceMember: Equatable, Sendable {
    public let name: String
    public let position: SourcePosition
    public let value: SourceValue
}
