/// What is wrong in a text, and where.
public struct SourceFault: Error, Equatable, Sendable, CustomStringConvertible {
    public let position: SourcePosition
    /// What was expected and what is there instead, without the place.
    public let message: String

    public init(_ message: String, at position: SourcePosition) {
        self.position = position
        self.message = message
    }

    /// `LINE:COLUMN: message`, which a file's name goes before.
    public var description: String { "\(position): \(message)" }
}
