/// Why a proxy cannot do what it is asked for.
public struct EgressError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Code: Sendable {
        /// A setting of the operator's that cannot be followed.
        case configuration
        /// The request cannot be read, or is not for a proxy.
        case malformed
        /// Not in the policy, or at an address that the policy does not have.
        case refused
        /// The host has no address.
        case unresolved
        /// No connection, or it broke.
        case unreachable
        /// Something took too long.
        case timeout
        /// A limit of the proxy's own.
        case limit
    }

    public let code: Code
    /// What was tried, on what, why it failed and what to do.
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
