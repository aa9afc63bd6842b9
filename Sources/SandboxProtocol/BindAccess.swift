/// How a tree of the host appears inside.
public enum BindAccess: UInt8, Sendable, WireEnumeration {
    case readOnly
    /// Read-only, and what belongs to the tree's owner on the host belongs to the command inside
    /// (an id-mapped mount, mount_setattr(2)); for trees that only their owner may read. Where the
    /// launcher is not root the command is that owner already, and this is `readOnly`.
    case readOnlyAsOwner
    case writable
    /// Like `readOnlyAsOwner`, but writable: what the command makes belongs to the tree's owner on
    /// the host, whatever id the command has there.
    case writableAsOwner
    /// Read-only, but with the host's own inodes, so that device and inode number tell what was mounted, and locks are the
    /// host's: for buildbox's own programs, which lock nothing, never for code of a project.
    case identical
    /// Like `readOnlyAsOwner`, with the host's own inodes as `identical` has them.
    case identicalAsOwner

    public static let wireName = "bind access"

    public var isWritable: Bool { self == .writable || self == .writableAsOwner }
    /// True where files of the tree's owner become the command's.
    public var asOwner: Bool { [.readOnlyAsOwner, .writableAsOwner, .identicalAsOwner].contains(self) }
    /// True where locks on the tree's files are the host's.
    public var sharesLocks: Bool { self != .readOnly && self != .readOnlyAsOwner }
}
