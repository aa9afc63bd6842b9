/// A setting of `buildbox serve` that cannot be used.
struct ServeFault: Error, Equatable, CustomStringConvertible {
    /// Which setting, from where, what is wrong with it, what it takes.
    let message: String

    init(_ message: String) {
        self.message = message
    }

    var description: String { message }
}
