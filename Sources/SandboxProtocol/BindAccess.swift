/// How a tree of the host appears inside.
public enum BindAccess: UInt8, Sendable, WireEnumeration {
    case readOnly
    /// Read-only, and what belongs to the tree's owner on the host belongs to the command inside
    /// (an id-mapped mount, mount_setattr(2)); for trees that only their owner may read. Where the
    /// launcher is not root the command is that owner already, and this is `readOnly`.
    case readOnlyAsOwner
    case writable

    public static let wireName = "bind access"
}
