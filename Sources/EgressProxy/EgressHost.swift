/// One host and port that may be reached.
public struct EgressHost: Hashable, Sendable {
    /// Which of the addresses that the host's name resolves to may be connected to.
    public enum Reach: Sendable {
        /// Public ones.
        case publicAddresses
        /// Those of this host and of private networks too, because the operator named this host.
        /// Link-local addresses and metadata services only where the host is such an address
        /// itself, not a name that whoever keeps its zone could point there.
        case anyAddress
    }

    /// A name in lower case without its last dot, or an address without brackets.
    public let name: String
    /// 1...65535.
    public let port: Int
    public let reach: Reach

    /// - Parameters:
    ///   - name: A name or an address, in any case, with or without brackets and the root's dot.
    ///   - port: The one port; 1...65535.
    ///   - reach: Which addresses the name may have.
    public init(name: String, port: Int, reach: Reach) {
        self.name = Self.normalized(name)
        self.port = port
        self.reach = reach
    }

    /// The one spelling of a host that others are compared with.
    static func normalized(_ name: String) -> String {
        var name = name.lowercased()
        if name.hasPrefix("["), name.hasSuffix("]") { name = String(name.dropFirst().dropLast()) }
        if name.hasSuffix("."), name.count > 1 { name.removeLast() }
        return IPAddress(literal: name)?.description ?? name
    }

    /// Whether an address that this host turned out to have may be connected to.
    func permits(_ kind: AddressKind) -> Bool {
        switch kind {
        case .global, .documentation: true
        case .loopback, .private, .shared: reach == .anyAddress
        case .linkLocal, .metadata, .reserved: reach == .anyAddress && IPAddress(literal: name) != nil
        case .multicast, .broadcast, .unspecified: false
        }
    }
}
