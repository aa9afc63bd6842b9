/// What is wrong with a pattern, and behind how many of its characters.
struct PatternFault: Error, Equatable, Sendable {
    let offset: Int
    let message: String
}
