public import NIOCore

/// Says which addresses a name has.
public protocol NameResolver: Sendable {
    /// - Parameters:
    ///   - name: A host's name.
    ///   - port: What the addresses get as their port.
    /// - Returns: At least one address, in the order in which they are to be tried.
    /// - Throws: ``EgressError`` with the code `unresolved`.
    func addresses(of name: String, port: Int) async throws(EgressError) -> [SocketAddress]
}
