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
struct RootFilesystem: ~Copyable {
    private let order: LaunchOrder
    private let trees: OwnedTrees
    private var inside = RootTree()
    /// Where the root is built in this mount namespace of our own. Sources below it stay reachable:
    /// they are opened before it is covered.
    private let base = "/tmp"
    /// The overlay's own folders, below the root where only real root may look.
    private let layers = ".overlay"

    init(order: LaunchOrder, trees: OwnedTrees) {
        self.order = order
        self.trees = trees
    }

    mutating func build() throws(LaunchFault) {
        try attempt(.mounts, layer: .mountNamespace, "make all mounts private") {
            mount("none", "/", nil, UInt(MS_REC | MS_PRIVATE), nil)
        }
        let sources = try openSources()
        defer { for source in sources where source >= 0 { close(source) } }
        let limits = order.limits
        let options = "mode=0755,size=\(limits.scratchBytes),nr_inodes=\(limits.scratchInodes)"
        try attempt(.mounts, layer: .mountNamespace, "mount a tmpfs (\(options))") {
            options.withCString { mount("buildbox", base, "tmpfs", UInt(MS_NOSUID), $0) }
        }
        try attempt(.mounts, "enter \(base)") { chdir(base) }
        for index in order.mounts.indices {
            try carryOut(order.mounts[index], source: sources[index])
        }
        try inside.removeCovers()
    }

    /// A directory descriptor of a path inside.
    func openFolder(_ path: String) throws(LaunchFault) -> OwnedDescriptor {
        try inside.open(relative(path), flags: O_RDONLY | O_DIRECTORY)
    }

    mutating func enter() throws(LaunchFault) {
        inside.forget()
        try attempt(.pivot, layer: .mountNamespace, "pivot_root") { clinux_pivot_root(".", ".") }
        try attempt(.pivot, layer: .mountNamespace, "detach the host's root") { umount2(".", Int32(MNT_DETACH)) }
        try attempt(.pivot, "enter the new root") { chdir("/") }
        let root = OwnedDescriptor(
            owning: try attempt(.pivot, "open the new root") { clinux_open("/", O_RDONLY | O_DIRECTORY, 0) })
        try attempt(.pivot, layer: .mountNamespace, "make the root read-only") {
            clinux_set_mount(root.number, 0, UInt64(CLINUX_ATTR_RDONLY | CLINUX_ATTR_NOSUID), -1)
        }
    }

    /// The detached tree that each step mounts, -1 for the steps that mount none.
    private func openSources() throws(LaunchFault) -> [Int32] {
        var sources = trees.bySteps
        for index in order.mounts.indices where sources[index] < 0 {
            switch order.mounts[index] {
            case .bind(let source, _, let access), .overlay(let source, _, let access):
                sources[index] = try openTree(source, attributes: access.attributes)
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

    private mutating func carryOut(_ step: MountStep, source: Int32) throws(LaunchFault) {
        switch step {
        case .directory(let path, let mode):
            try inside.makeFolder(relative(path))
            try attempt(.mounts, "set the mode of \(path)") { chmod(relative(path), mode) }
        case .file(let path, let contents):
            try inside.makeFile(relative(path), contents: contents)
        case .symbolicLink(let path, let target):
            try inside.makeLink(relative(path), target: target)
        case .bind(_, let path, _):
            try inside.attach(source, at: relative(path))
        case .device(let path) where source >= 0:
            try inside.attach(source, at: relative(path))
        case .device(let path):
            try inside.makeDevice(relative(path), like: path)
        case .scratch(let path, let mode):
            try makeScratchFolder(relative(path), mode: mode)
            try makeWritable(relative(path))
        case .overlay(_, let path, _):
            try mountOverlay(lowerTree: source, at: relative(path))
        case .processes(let path):
            try inside.makeFolder(relative(path))
            try attempt(.mounts, layer: .pidNamespace, "mount a procfs") {
                mount("proc", relative(path), "proc", UInt(MS_NOSUID | MS_NODEV | MS_NOEXEC), "hidepid=2")
            }
            inside.forget()
        case .mask(let path):
            try inside.mask(relative(path))
        case .readOnly(let path):
            try inside.makeReadOnly(relative(path))
        }
    }

    /// A second mount of a folder over itself, which stays writable when the root's does not.
    private mutating func makeWritable(_ path: String) throws(LaunchFault) {
        let tree = OwnedDescriptor(
            owning: try attempt(.mounts, "open /\(path)") { clinux_clone_tree(path, 0) })
        try attempt(.mounts, "restrict the mount of /\(path)") {
            clinux_set_mount(tree.number, 0, BindAccess.writable.attributes, -1)
        }
        try inside.cover(path, with: tree.number)
    }

    /// The launcher is root here: in an ordinary user's namespace overlayfs cannot rename a lower
    /// folder, so the supervisor orders a copy instead.
    private mutating func mountOverlay(lowerTree: Int32, at path: String) throws(LaunchFault) {
        var information = stat()
        try attempt(.mounts, "stat the lower layer") { fstat(lowerTree, &information) }
        try inside.makeFolder(layers)
        try attempt(.mounts, "close \(layers)") { chmod(layers, 0o700) }
        let (lower, upper, work) = ("\(layers)/lower", "\(layers)/upper", "\(layers)/work")
        try inside.attach(lowerTree, at: lower)
        try makeScratchFolder(upper, mode: information.st_mode & 0o777 | 0o700)
        try makeScratchFolder(work, mode: 0o700)
        try inside.makeFolder(path)
        let options = "lowerdir=\(lower),upperdir=\(upper),workdir=\(work),redirect_dir=on,index=off,metacopy=off"
        try attempt(.overlay, "mount an overlay at /\(path)") {
            options.withCString { mount("overlay", path, "overlay", UInt(MS_NOSUID | MS_NODEV), $0) }
        }
        // The overlay holds a private copy of the layer's mount.
        try attempt(.mounts, "detach the lower layer") { umount2(lower, Int32(MNT_DETACH)) }
        inside.forget()
    }

    private mutating func makeScratchFolder(_ path: String, mode: UInt32) throws(LaunchFault) {
        try inside.makeFolder(path)
        try attempt(.mounts, "set the mode of /\(path)") { chmod(path, mode) }
        guard order.identity.privileged else { return }
        try attempt(.mounts, "give /\(path) to the command") {
            chown(path, order.identity.hostUser, order.identity.hostGroup)
        }
    }

    private func relative(_ path: String) -> String {
        path == "/" ? "." : String(path.drop { $0 == "/" })
    }
}
