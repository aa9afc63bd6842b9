import Glibc

/// What stat(2) tells of a file, as a value of this room's own: C's `struct stat` is claimed by several modules of the
/// toolchain (Glibc, CDispatch, CoreFoundation), and which of them has it differs from one build to the next.
public struct FileFacts: Equatable, Sendable {
    public let device: UInt64
    public let inode: UInt64
    /// Bytes.
    public let size: UInt64
    /// Bytes on the disk.
    public let occupied: UInt64
    /// Hard links.
    public let links: UInt64
    public let owner: UInt32
    /// Type and permissions (inode(7)).
    public let mode: UInt32
    /// The last change of the content, since the epoch.
    public let modified: Moment
    /// The last change of content or inode, which nobody can set back.
    public let changed: Moment

    public struct Moment: Equatable, Sendable {
        public let seconds: Int
        public let nanoseconds: Int
    }

    /// - Parameters:
    ///   - path: Of the file.
    ///   - follows: Whether a symbolic link there is looked through (stat(2)) or looked at (lstat(2)).
    /// - Throws: ``SystemCallError``.
    public init(of path: String, followingLinks follows: Bool = true) throws(SystemCallError) {
        var found = stat()
        try system { follows ? stat(path, &found) : lstat(path, &found) }
        self.init(found)
    }

    /// - Parameter descriptor: Of the open file (fstat(2)).
    /// - Throws: ``SystemCallError``.
    public init(descriptor: Int32) throws(SystemCallError) {
        var found = stat()
        try system { fstat(descriptor, &found) }
        self.init(found)
    }

    /// - Returns: nil where the file cannot be looked at, whatever the reason.
    public static func ifAny(of path: String, followingLinks follows: Bool = true) -> FileFacts? {
        do throws(SystemCallError) {
            return try FileFacts(of: path, followingLinks: follows)
        } catch {
            return nil
        }
    }

    private init(_ found: stat) {
        device = UInt64(found.st_dev)
        inode = UInt64(found.st_ino)
        size = UInt64(max(0, found.st_size))
        // In units of 512 bytes, whatever the file system's own are.
        occupied = UInt64(max(0, found.st_blocks)) * 512
        links = UInt64(found.st_nlink)
        owner = found.st_uid
        mode = found.st_mode
        modified = Moment(seconds: found.st_mtim.tv_sec, nanoseconds: found.st_mtim.tv_nsec)
        changed = Moment(seconds: found.st_ctim.tv_sec, nanoseconds: found.st_ctim.tv_nsec)
    }

    public var type: UInt32 { mode & S_IFMT }
    public var permissions: UInt32 { mode & 0o7777 }
    public var isFolder: Bool { type == S_IFDIR }
    public var isRegularFile: Bool { type == S_IFREG }
    public var isSocket: Bool { type == S_IFSOCK }
}
