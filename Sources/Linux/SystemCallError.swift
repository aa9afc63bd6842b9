public import Glibc

/// An error number of a system call (errno(3)), with the C library's words for it.
public struct SystemCallError: Error, Equatable, Sendable, CustomStringConvertible {
    public let code: Int32

    public init(_ code: Int32) {
        self.code = code
    }

    public var description: String {
        String(cString: strerror(code))
    }
}

/// Runs a system call that answers -1 on failure: retries EINTR and takes errno at once, before
/// anything else can change it.
@discardableResult
@inlinable
public func system<Result: SignedInteger>(_ call: () -> Result) throws(SystemCallError) -> Result {
    while true {
        let result = call()
        if result != -1 { return result }
        let code = errno
        if code != EINTR { throw SystemCallError(code) }
    }
}
