import CLinux
import Glibc
import Linux
import SandboxProtocol

/// The root that the command sees: an empty tmpfs, filled step by step as the order says, made
/// read-only and entered with pivot_root(2). Nothing contained runs while it is built.
///
/// One file system is both the root and all that can be written: the root's mount becomes
/// read-only, and each scratch folder is a second, writable mount of itself. So one size limit
/// holds for everything, and no mount more than needed is made and undone.
struct RootFilesystem {
    let order: LaunchOrder
    let trees: OwnedTrees
    /// Where the root is built in this mount namespace of our own. Sources below it stay reachable:
    /// they are opened before it is covered.
    private let base = "/tmp"
    /// The overlay's own folders, below the root where only real root may look.
    private let layers = ".overlay"

    init(order: LaunchOrder, trees: OwnedTrees) {
        self.order = order
        self.trees = trees
    }

    func build() throws(LaunchFault) {
        try attempt(.mounts, layer: .mountNamespace, "make all mounts private") {
            mount("none", "/", nil, UInt(MS_REC | MS_PRIVATE), nil)
        }
        let sources = try openSources()
        defer { for tree in sources.values { close(tree) } }
        let limits = order.limits
        let options = "mode=0755,size=\(limits.scratchBytes),nr_inodes=\(limits.scratchInodes)"
        try attempt(.mounts, layer: .mountNamespace, "mount a tmpfs (\(options))") {
            options.withCString { mount("buildbox", base, "tmpfs", UInt(MS_NOSUID), $0) }
        }
        try attempt(.mounts, "enter \(base)") { chdir(base) }
        for (index, step) in order.mounts.enumerated() {
            try carryOut(step, source: sources[index])
        }
    }

    /// A directory descriptor of a path inside.
    func openFolder(_ path: String) throws(LaunchFault) -> OwnedDescriptor {
        OwnedDescriptor(
            owning: try attempt(.mounts, "open \(path)") {
                clinux_open(relative(path), O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0)
            })
    }

    func enter() throws(LaunchFault) {
        try attempt(.pivot, layer: .mountNamespace, "pivot_root") { clinux_pivot_root(".", ".") }
        try attempt(.pivot, layer: .mountNamespace, "detach the host's root") { umount2(".", Int32(MNT_DETACH)) }
        try attempt(.pivot, "enter the new root") { chdir("/") }
        let root = OwnedDescriptor(
            owning: try attempt(.pivot, "open the new root") { clinux_open("/", O_RDONLY | O_DIRECTORY, 0) })
        try attempt(.pivot, layer: .mountNamespace, "make the root read-only") {
            clinux_set_mount(root.number, 0, UInt64(CLINUX_ATTR_RDONLY | CLINUX_ATTR_NOSUID), -1)
        }
    }

    private func openSources() throws(LaunchFault) -> [Int: Int32] {
        var sources: [Int: Int32] = [:]
        for (index, step) in order.mounts.enumerated() {
            switch step {
            case .bind(let source, _, let access), .overlay(let source, _, let access):
                if let tree = trees.tree(step: index) {
                    sources[index] = tree
                } else {
                    sources[index] = try openTree(source, attributes: access.attributes)
                }
            case .device(let path) where !order.identity.privileged:
                let attributes = UInt64(CLINUX_ATTR_RDONLY | CLINUX_ATTR_NOSUID | CLINUX_ATTR_NOEXEC)
                sources[index] = try openTree(path, attributes: attributes)
            default:
                continue
            }
        }
        return sources
    }

    private func openTree(_ path: String, attributes: UInt64) throws(LaunchFault) -> Int32 {
        let tree = try attempt(.mounts, layer: .mountNamespace, "open \(path)") {
            clinux_clone_tree(path, 1)
        }
        try attempt(.mounts, layer: .mountNamespace, "restrict the mount of \(path)") {
            clinux_set_mount(tree, 1, attributes, -1)
        }
        return tree
    }

    private func carryOut(_ step: MountStep, source: Int32?) throws(LaunchFault) {
        switch step {
        case .directory(let path, let mode):
            try makeFolder(relative(path))
            try attempt(.mounts, "set the mode of \(path)") { chmod(relative(path), mode) }
        case .file(let path, let contents):
            try makeFile(relative(path), contents: contents)
        case .symbolicLink(let path, let target):
            let parent = try parent(of: relative(path))
            let name = lastName(of: path)
            try attempt(.mounts, "link \(path)") { symlinkat(target, parent.number, name) }
        case .bind(let origin, let path, _):
            try attach(try opened(source, origin), at: relative(path))
        case .device(let path):
            if let source { try attach(source, at: relative(path)) } else { try makeDevice(path) }
        case .scratch(let path, let mode):
            try makeScratchFolder(relative(path), mode: mode)
            try makeWritable(relative(path))
        case .overlay(let origin, let path, _):
            try mountOverlay(lowerTree: try opened(source, origin), at: relative(path))
        case .processes(let path):
            try makeFolder(relative(path))
            try attempt(.mounts, layer: .pidNamespace, "mount a procfs") {
                mount("proc", relative(path), "proc", UInt(MS_NOSUID | MS_NODEV | MS_NOEXEC), nil)
            }
        }
    }

    private func opened(_ source: Int32?, _ origin: String) throws(LaunchFault) -> Int32 {
        guard let source else {
            throw LaunchFault(step: .mounts, layer: nil, errno: 0, detail: "\(origin) was not opened")
        }
        return source
    }

    private func attach(_ tree: Int32, at path: String) throws(LaunchFault) {
        var information = stat()
        try attempt(.mounts, "stat the source of \(path)") { fstat(tree, &information) }
        if information.st_mode & S_IFMT == S_IFDIR {
            try makeFolder(path)
        } else if !existsInside(path) {
            try makeFile(path, contents: [])
        }
        let target = try openInside(path, flags: CLINUX_O_PATH)
        try attempt(.mounts, layer: .mountNamespace, "mount /\(path)") {
            clinux_attach_tree(tree, target.number, "")
        }
    }

    /// A path of the new root, without following any link: what is mounted already may be hostile,
    /// and an absolute link in it would still lead to the host.
    private func openInside(_ path: String, flags: Int32) throws(LaunchFault) -> OwnedDescriptor {
        let resolve = UInt64(CLINUX_RESOLVE_BENEATH | CLINUX_RESOLVE_NO_SYMLINKS)
        return OwnedDescriptor(
            owning: try attempt(.mounts, layer: .mountNamespace, "open /\(path) inside, which must be no link") {
                clinux_openat2(AT_FDCWD, path, UInt64(UInt32(bitPattern: flags)), 0, resolve)
            })
    }

    /// A second mount of a folder over itself, which stays writable when the root's does not.
    private func makeWritable(_ path: String) throws(LaunchFault) {
        let tree = OwnedDescriptor(
            owning: try attempt(.mounts, "open /\(path)") { clinux_clone_tree(path, 0) })
        try attempt(.mounts, "restrict the mount of /\(path)") {
            clinux_set_mount(tree.number, 0, BindAccess.writable.attributes, -1)
        }
        let target = try openInside(path, flags: CLINUX_O_PATH)
        try attempt(.mounts, "mount /\(path)") { clinux_attach_tree(tree.number, target.number, "") }
    }

    /// The launcher is root here: in an ordinary user's namespace overlayfs cannot rename a lower
    /// folder, so the supervisor orders a copy instead.
    private func mountOverlay(lowerTree: Int32, at path: String) throws(LaunchFault) {
        var information = stat()
        try attempt(.mounts, "stat the lower layer") { fstat(lowerTree, &information) }
        try makeFolder(layers)
        try attempt(.mounts, "close \(layers)") { chmod(layers, 0o700) }
        let (lower, upper, work) = ("\(layers)/lower", "\(layers)/upper", "\(layers)/work")
        try attach(lowerTree, at: lower)
        try makeScratchFolder(upper, mode: information.st_mode & 0o777 | 0o700)
        try makeScratchFolder(work, mode: 0o700)
        try makeFolder(path)
        let options = "lowerdir=\(lower),upperdir=\(upper),workdir=\(work),redirect_dir=on,index=off,metacopy=off"
        try attempt(.overlay, "mount an overlay at /\(path)") {
            options.withCString { mount("overlay", path, "overlay", UInt(MS_NOSUID | MS_NODEV), $0) }
        }
        // The overlay holds a private copy of the layer's mount.
        try attempt(.mounts, "detach the lower layer") { umount2(lower, Int32(MNT_DETACH)) }
    }

    private func makeScratchFolder(_ path: String, mode: UInt32) throws(LaunchFault) {
        try makeFolder(path)
        try attempt(.mounts, "set the mode of /\(path)") { chmod(path, mode) }
        guard order.identity.privileged else { return }
        try attempt(.mounts, "give /\(path) to the command") {
            chown(path, order.identity.hostUser, order.identity.hostGroup)
        }
    }

    /// A device node like the host's. Nobody but root could make one, here or on the command's own mounts.
    private func makeDevice(_ path: String) throws(LaunchFault) {
        var information = stat()
        try attempt(.mounts, "stat \(path)") { stat(path, &information) }
        guard information.st_mode & S_IFMT == S_IFCHR else {
            throw LaunchFault(step: .mounts, layer: nil, errno: ENODEV, detail: "\(path) is no character device")
        }
        let parent = try parent(of: relative(path))
        let name = lastName(of: path)
        try attempt(.mounts, "make the device \(path)") {
            mknodat(parent.number, name, S_IFCHR | 0o666, information.st_rdev)
        }
        try attempt(.mounts, "set the mode of \(path)") { fchmodat(parent.number, name, 0o666, 0) }
    }

    private func existsInside(_ path: String) -> Bool {
        let resolve = UInt64(CLINUX_RESOLVE_BENEATH | CLINUX_RESOLVE_NO_SYMLINKS)
        let descriptor = clinux_openat2(AT_FDCWD, path, UInt64(CLINUX_O_PATH), 0, resolve)
        if descriptor >= 0 { close(descriptor) }
        return descriptor >= 0
    }

    private func makeFile(_ path: String, contents: [UInt8]) throws(LaunchFault) {
        let parent = try parent(of: path)
        let name = lastName(of: path)
        let file = OwnedDescriptor(
            owning: try attempt(.mounts, "make /\(path)") {
                clinux_openat(parent.number, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o644)
            })
        guard !contents.isEmpty else { return }
        let written = try attempt(.mounts, "write /\(path)") { write(file.number, contents, contents.count) }
        guard written == contents.count else {
            throw LaunchFault(step: .mounts, layer: nil, errno: ENOSPC, detail: "write /\(path)")
        }
    }

    private func makeFolder(_ path: String) throws(LaunchFault) {
        guard path != "." else { return }
        let parent = try parent(of: path)
        let name = lastName(of: path)
        guard mkdirat(parent.number, name, 0o755) != 0, errno != EEXIST else { return }
        throw LaunchFault(step: .mounts, layer: nil, errno: errno, detail: "make /\(path)")
    }

    /// The folder that a new path goes into, made where it is missing.
    private func parent(of path: String) throws(LaunchFault) -> OwnedDescriptor {
        guard let slash = path.lastIndex(of: "/") else { return try openInside(".", flags: CLINUX_O_PATH) }
        let folder = String(path[..<slash])
        if !existsInside(folder) { try makeFolder(folder) }
        return try openInside(folder, flags: CLINUX_O_PATH)
    }

    private func lastName(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return path }
        return String(path[path.index(after: slash)...])
    }

    private func relative(_ path: String) -> String {
        path == "/" ? "." : String(path.drop { $0 == "/" })
    }
}
