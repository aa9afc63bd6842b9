import CLinux
import Glibc
import Linux
import SandboxProtocol

/// The tree of files that becomes the root, in the working directory. Paths are relative to it.
///
/// No link is ever followed: what is mounted already may be hostile, and an absolute link in it
/// would still lead to the host.
struct RootTree: ~Copyable {
    /// The folder that the last new path went into: neighbours follow each other in an order.
    private var folder = ""
    private var descriptor: Int32 = -1

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Opens what is there already.
    func open(_ path: String, flags: Int32 = CLINUX_O_PATH) throws(LaunchFault) -> OwnedDescriptor {
        OwnedDescriptor(
            owning: try attempt(.mounts, layer: .mountNamespace, "open /\(path) inside, which must be no link") {
                lookUp(path, flags: flags)
            })
    }

    func exists(_ path: String) -> Bool {
        let found = lookUp(path, flags: CLINUX_O_PATH)
        if found >= 0 { close(found) }
        return found >= 0
    }

    /// A folder, made with its parents where it is missing.
    mutating func makeFolder(_ path: String, mode: UInt32 = 0o755) throws(LaunchFault) {
        guard path != "." else { return }
        let (parent, name) = try place(of: path)
        guard mkdirat(parent, name, mode) != 0, errno != EEXIST else { return }
        throw LaunchFault(step: .mounts, layer: nil, errno: errno, detail: "make /\(path)")
    }

    mutating func makeFile(_ path: String, contents: [UInt8] = []) throws(LaunchFault) {
        let (parent, name) = try place(of: path)
        let file = OwnedDescriptor(
            owning: try attempt(.mounts, "make /\(path)") {
                clinux_openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o644)
            })
        guard !contents.isEmpty else { return }
        let written = try attempt(.mounts, "write /\(path)") { write(file.number, contents, contents.count) }
        guard written == contents.count else {
            throw LaunchFault(step: .mounts, layer: nil, errno: ENOSPC, detail: "write /\(path)")
        }
    }

    mutating func makeLink(_ path: String, target: String) throws(LaunchFault) {
        let (parent, name) = try place(of: path)
        try attempt(.mounts, "link /\(path)") { symlinkat(target, parent, name) }
    }

    /// A device node like the host's. Nobody but root could make one, here or on the command's own mounts.
    mutating func makeDevice(_ path: String, like device: stat) throws(LaunchFault) {
        guard device.st_mode & S_IFMT == S_IFCHR else {
            throw LaunchFault(step: .mounts, layer: nil, errno: ENODEV, detail: "/\(path) is no character device")
        }
        let (parent, name) = try place(of: path)
        try attempt(.mounts, "make the device /\(path)") {
            mknodat(parent, name, S_IFCHR | 0o666, device.st_rdev)
        }
        try attempt(.mounts, "set the mode of /\(path)") { fchmodat(parent, name, 0o666, 0) }
    }

    /// Mounts a detached tree over a path, which is made where it is missing.
    mutating func attach(_ tree: Int32, at path: String) throws(LaunchFault) {
        var information = stat()
        try attempt(.mounts, "stat the source of /\(path)") { fstat(tree, &information) }
        if information.st_mode & S_IFMT == S_IFDIR {
            try makeFolder(path)
        } else if !exists(path) {
            try makeFile(path)
        }
        try cover(path, with: tree)
    }

    /// Mounts a detached tree over a path that is there.
    mutating func cover(_ path: String, with tree: Int32) throws(LaunchFault) {
        let target = try open(path)
        try attempt(.mounts, layer: .mountNamespace, "mount /\(path)") {
            clinux_attach_tree(tree, target.number, "")
        }
        forget()
    }

    /// Covers what is at a path with nothing, where there is something.
    mutating func mask(_ path: String) throws(LaunchFault) {
        guard let target = try existing(path) else { return }
        var information = stat()
        try attempt(.mounts, "stat /\(path)") { fstat(target, &information) }
        let cover = information.st_mode & S_IFMT == S_IFDIR ? "\(Self.covers)/folder" : "\(Self.covers)/file"
        if !exists(cover) { try makeCovers() }
        try remount(cover, over: target, path: path)
    }

    /// Makes what is at a path read-only, where there is something.
    mutating func makeReadOnly(_ path: String) throws(LaunchFault) {
        guard let target = try existing(path) else { return }
        try remount(path, over: target, path: path)
    }

    /// A descriptor of what is at a path, a link itself included; nil where there is nothing. `remount` closes it.
    private func existing(_ path: String) throws(LaunchFault) -> Int32? {
        let found = lookUp(path, flags: CLINUX_O_PATH | O_NOFOLLOW)
        guard found < 0 else { return found }
        guard errno == ENOENT || errno == ENOTDIR else {
            throw LaunchFault(step: .mounts, layer: .maskedPaths, errno: errno, detail: "look /\(path) up")
        }
        return nil
    }

    private mutating func remount(_ source: String, over target: Int32, path: String) throws(LaunchFault) {
        defer { close(target) }
        let tree = OwnedDescriptor(
            owning: try attempt(.mounts, layer: .maskedPaths, "open /\(source)") { clinux_clone_tree(source, 0) })
        let attributes = UInt64(
            CLINUX_ATTR_RDONLY | CLINUX_ATTR_NOSUID | CLINUX_ATTR_NODEV | CLINUX_ATTR_NOEXEC)
        try attempt(.mounts, layer: .maskedPaths, "restrict the mount over /\(path)") {
            clinux_set_mount(tree.number, 0, attributes, -1)
        }
        try attempt(.mounts, layer: .maskedPaths, "mount over /\(path)") {
            clinux_attach_tree(tree.number, target, "")
        }
        forget()
    }

    /// What is behind every mask: an empty folder, and an empty file that nobody may open.
    private static let covers = ".covers"

    private mutating func makeCovers() throws(LaunchFault) {
        try makeFolder(Self.covers, mode: 0o700)
        try makeFolder("\(Self.covers)/folder", mode: 0o555)
        try makeFile("\(Self.covers)/file")
        try attempt(.mounts, layer: .maskedPaths, "close /\(Self.covers)/file") { chmod("\(Self.covers)/file", 0) }
    }

    /// Takes away the names of what is behind the masks. The masks keep it.
    mutating func removeCovers() throws(LaunchFault) {
        guard exists(Self.covers) else { return }
        forget()
        try attempt(.mounts, "remove /\(Self.covers)/file") { unlink("\(Self.covers)/file") }
        for folder in ["\(Self.covers)/folder", Self.covers] {
            try attempt(.mounts, "remove /\(folder)") { rmdir(folder) }
        }
    }

    /// To be called after every mount: the folder that is remembered may lie below it now.
    mutating func forget() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    /// The folder that a new path goes into, made where it is missing, and the path's last name.
    private mutating func place(of path: String) throws(LaunchFault) -> (folder: Int32, name: String) {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (AT_FDCWD, path) }
        let wanted = path[..<slash]
        if descriptor < 0 || folder != wanted {
            forget()
            folder = String(wanted)
            descriptor = lookUp(folder, flags: CLINUX_O_PATH)
            if descriptor < 0 {
                let missing = folder
                try makeFolder(missing)
                forget()
                descriptor = try open(missing).release()
                folder = missing
            }
        }
        return (descriptor, String(path[path.utf8.index(after: slash)...]))
    }

    private func lookUp(_ path: String, flags: Int32) -> Int32 {
        let resolve = UInt64(CLINUX_RESOLVE_BENEATH | CLINUX_RESOLVE_NO_SYMLINKS)
        return clinux_openat2(AT_FDCWD, path, UInt64(UInt32(bitPattern: flags)), 0, resolve)
    }
}
