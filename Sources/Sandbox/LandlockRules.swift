/// What a profile asks of Landlock (landlock(7)) beside the rules on files, which follow from the mounts.
public struct LandlockRules: Equatable, Sendable {
    public enum Access: String, CaseIterable, Sendable {
        case allow, deny
    }

    /// Binding and connecting TCP sockets, inside the network namespace that the command has.
    public var tcp: Access

    public init(tcp: Access) {
        self.tcp = tcp
    }
}
