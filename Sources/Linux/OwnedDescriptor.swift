import Glibc

/// A file descriptor with one owner: closed when its owner goes away, never twice.
public struct OwnedDescriptor: ~Copyable, Sendable {
    public let number: Int32

    /// Takes over an open descriptor.
    public init(owning number: Int32) {
        precondition(number >= 0, "a descriptor is never negative")
        self.number = number
    }

    deinit {
        close(number)
    }

    /// Gives the descriptor up: the caller closes it.
    public consuming func release() -> Int32 {
        let number = number
        discard self
        return number
    }
}
