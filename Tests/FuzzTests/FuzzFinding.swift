/// What a target did that it must not do.
struct FuzzFinding: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
