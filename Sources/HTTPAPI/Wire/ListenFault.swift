/// Why the service cannot listen where it was told to.
public struct ListenFault: Error, Equatable, CustomStringConvertible {
    /// What was tried, on what, why it failed, what to do.
    public let message: String

    init(_ message: String) {
        self.message = message
    }

    public var description: String { message }
}
