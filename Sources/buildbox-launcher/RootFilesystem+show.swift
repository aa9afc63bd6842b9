import CLinux
import Glibc
import Linux
import SandboxProtocol

/// What the host shows read-only goes through overlays of the run's own. The kernel keeps locks
/// (flock(2), fcntl(2)) on the inode that was opened, and that is the overlay's: the command's
/// locks and the host's do not meet. A bind mount would show the host's own inodes.
extension RootFilesystem {
    /// Files up to this size, in bytes, are copied: an overlay has folders only, and what else lies
    /// in the folder of a file may keep it from being a layer.
    static var copiedBytes: Int { 256 << 10 }

    /// Shows what the host has at `source`, links followed, and what is mounted below it. `tree` is
    /// its id-mapped mount (``OwnedTrees``), or -1.
    mutating func show(_ source: String, at path: String, access: BindAccess, tree: Int32) throws(LaunchFault) {
        let found = try host.open(source)
        let information = try information(found.number, source)
        switch information.st_mode & S_IFMT {
        case S_IFDIR where tree >= 0:
            // The mount stays below its overlay: there is no way to it.
            try inside.attach(tree, at: path)
            if let overlay = try overlay(over: try inside.open(path), source) {
                try inside.cover(path, with: overlay)
                close(overlay)
            }
        case S_IFDIR:
            let real = try host.path(of: found)
            try showFolder(found, source, at: path, access)
            for place in host.mounts(below: real) {
                let target = path + "/" + String(place.dropFirst(real.count + (real == "/" ? 0 : 1)))
                // What is covered by another mount is not there.
                if inside.exists(target) { try showMount(place, at: target, access) }
            }
        case S_IFREG:
            try showFile(found, information, source, at: path, access, tree: tree)
        case S_IFSOCK:
            // It cannot be opened, and so not be locked.
            try attach(source, at: path, attributes: access.attributes, tree: tree)
        default:
            let detail = "show \(source), which is neither a file nor a folder, with locks of its own"
            try miss(LaunchFault(step: .mounts, layer: .lockIsolation, errno: EOPNOTSUPP, detail: detail))
            try attach(source, at: path, attributes: access.attributes, tree: tree)
        }
    }

    private mutating func showMount(_ source: String, at path: String, _ access: BindAccess) throws(LaunchFault) {
        let found = try host.open(source)
        let information = try information(found.number, source)
        if information.st_mode & S_IFMT == S_IFDIR {
            try showFolder(found, source, at: path, access)
        } else {
            try showFile(found, information, source, at: path, access, tree: -1)
        }
    }

    private mutating func showFolder(
        _ folder: borrowing OwnedDescriptor, _ source: String, at path: String, _ access: BindAccess
    ) throws(LaunchFault) {
        if let overlay = try overlay(over: folder, source) {
            try inside.attach(overlay, at: path)
            close(overlay)
        } else {
            try attach(source, at: path, attributes: access.attributes, tree: -1)
        }
    }

    /// A large file is taken out of an overlay of the folder that it lies in. As root the tree of
    /// such a file is its folder's.
    private mutating func showFile(
        _ file: borrowing OwnedDescriptor, _ information: stat, _ source: String, at path: String,
        _ access: BindAccess, tree: Int32
    ) throws(LaunchFault) {
        let attributes = try attributes(access, of: file)
        try makeLayers()
        if let contents = try smallContents(of: source, information) {
            copies += 1
            let copy = "\(Self.layers)/copy-\(copies)"
            try inside.makeFile(copy, contents: contents)
            try give(copy, information, asOwner: access.asOwner)
            return try place(copy, at: path, attributes: attributes)
        }
        let real = try host.path(of: file)
        let name = String(real[real.index(after: real.lastIndex(of: "/") ?? real.startIndex)...])
        let (lower, shown) = ("\(Self.layers)/lower", "\(Self.layers)/shown")
        if tree >= 0 { try inside.attach(tree, at: lower) }
        let parent = tree >= 0 ? try inside.open(lower) : try host.open(String(real.dropLast(name.count)))
        if let overlay = try overlay(over: parent, source) {
            try inside.attach(overlay, at: shown)
            close(overlay)
            try place("\(shown)/\(name)", at: path, attributes: attributes)
            try detach(shown)
        } else if tree >= 0 {
            try place("\(lower)/\(name)", at: path, attributes: attributes)
        } else {
            try attach(source, at: path, attributes: access.attributes, tree: -1)
        }
        if tree >= 0 { try detach(lower) }
    }

    /// Mounts what is at a path inside at another one, too.
    private mutating func place(_ source: String, at path: String, attributes: UInt64) throws(LaunchFault) {
        let found = try inside.open(source)
        let tree = OwnedDescriptor(
            owning: try attempt(.mounts, layer: .mountNamespace, "clone the mount of /\(source)") {
                clinux_clone_tree_at(found.number, "", 0)
            })
        try attempt(.mounts, layer: .mountNamespace, "restrict the mount of /\(path)") {
            clinux_set_mount(tree.number, 0, attributes, -1)
        }
        try inside.attach(tree.number, at: path)
    }

    private mutating func detach(_ path: String) throws(LaunchFault) {
        inside.forget()
        try attempt(.mounts, "detach /\(path)") { umount2(path, Int32(MNT_DETACH)) }
    }

    /// A detached overlay of a folder and, because it takes two layers, of an empty one below it. The
    /// caller closes it; nil where there can be none, and the order allows for that.
    private mutating func overlay(
        over folder: borrowing OwnedDescriptor, _ source: String
    ) throws(LaunchFault) -> Int32? {
        let none = "\(Self.layers)/none"
        try makeLayers()
        try inside.makeFolder(none, mode: 0o555)
        let attributes = try attributes(.readOnly, of: folder)
        do throws(LaunchFault) {
            // The folder is named by the working directory: its path may be covered, or have any letter in it.
            try attempt(.mounts, layer: .lockIsolation, "enter \(source)") { fchdir(folder.number) }
            let shown = clinux_show_tree(".:/\(none)", attributes)
            let code = errno
            try enterRoot()
            if shown >= 0 { return shown }
            throw LaunchFault(
                step: .mounts, layer: .lockIsolation, errno: code, detail: "mount an overlay over \(source)")
        } catch {
            try miss(error)
            return nil
        }
    }

    /// Reports a missing layer where the order allows for it.
    private func miss(_ fault: LaunchFault) throws(LaunchFault) {
        guard fault.layer == .lockIsolation else { throw fault }
        try status.miss(fault, of: .lockIsolation, optional: optionalLayers)
    }

    /// The bytes of a small file; nil where it is larger, or cannot be read.
    private func smallContents(of source: String, _ information: stat) throws(LaunchFault) -> [UInt8]? {
        guard information.st_size <= Self.copiedBytes else { return nil }
        do throws(LaunchFault) {
            let file = try host.open(source, flags: O_RDONLY | O_NONBLOCK)
            // One more than there was: whether it grew meanwhile shows.
            var contents = [UInt8](repeating: 0, count: Int(information.st_size) + 1)
            var count = 0
            while count < contents.count {
                let got = try attempt(.mounts, "read \(source)") {
                    contents[count...].withUnsafeMutableBytes { read(file.number, $0.baseAddress, $0.count) }
                }
                if got == 0 { return Array(contents[..<count]) }
                count += got
            }
            return nil
        } catch {
            guard error.errno == EACCES || error.errno == EPERM else { throw error }
            return nil
        }
    }

    private func give(_ copy: String, _ information: stat, asOwner: Bool) throws(LaunchFault) {
        try attempt(.mounts, "set the mode of /\(copy)") { chmod(copy, information.st_mode & 0o555) }
        let times = [information.st_atim, information.st_mtim]
        try attempt(.mounts, "set the times of /\(copy)") { utimensat(AT_FDCWD, copy, times, 0) }
        guard identity.privileged else { return }
        let user = asOwner ? identity.hostUser : information.st_uid
        let group = asOwner ? identity.hostGroup : information.st_gid
        try attempt(.mounts, "set the owner of /\(copy)") { chown(copy, user, group) }
    }

    /// Programs start from it only where they start from the host's mount.
    private func attributes(
        _ access: BindAccess, of descriptor: borrowing OwnedDescriptor
    ) throws(LaunchFault) -> UInt64 {
        let noexec = try attempt(.mounts, "ask for a mount's flags") { clinux_is_noexec(descriptor.number) }
        return access.attributes | (noexec == 1 ? UInt64(CLINUX_ATTR_NOEXEC) : 0)
    }

    private func information(_ descriptor: Int32, _ path: String) throws(LaunchFault) -> stat {
        var information = stat()
        try attempt(.mounts, "stat \(path)") { fstat(descriptor, &information) }
        return information
    }
}
