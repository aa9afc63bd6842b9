/// What of the network a command sees.
public enum NetworkAccess: UInt8, Sendable, WireEnumeration {
    /// A namespace of its own with nothing but its loopback.
    case none
    /// The host's network. Only for phases that run no code of the project.
    case host

    public static let wireName = "network access"
}
