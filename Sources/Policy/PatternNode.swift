/// A pattern as it was read.
indirect enum PatternNode: Equatable, Sendable {
    case scalars(ScalarSet)
    /// `^`: before the first character of the text.
    case start
    /// `$`: behind the last one. A newline at the end is a character like every other.
    case end
    /// `\b`, or `\B` where it is not one: between a character of `\w` and another.
    case wordBoundary(Bool)
    case sequence([PatternNode])
    case either([PatternNode])
    /// At most: nil for as often as it likes.
    case repeated(PatternNode, atLeast: Int, atMost: Int?)
}
