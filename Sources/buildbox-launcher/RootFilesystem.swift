import CLinux
import Glibc
import Linux
import SandboxProtocol

/// The root that the command sees: an empty tmpfs, entered with pivot_root(2), filled step by step
/// as the order says while the host is still in reach, and made read-only. Nothing contained runs
/// while it is built.
///
/// One file system is both the root and all that can be written: the root's mount becomes
/// read-only, and each scratch folder is a second, writable mount of itself. So one size limit
/// holds for everything, and no mount more than needed is made and undone.
struct RootFilesystem: ~Copyable {
    let status: StatusChannel
    /// Layers whose absence is reported instead of refused.
    private(set) var optionalLayers: LayerSet
    let identity: Identity
    /// The size of the root, as options of its mount.
    private var size: String
    let host: HostTree
    var inside = RootTree()
    /// Small files that were copied so far.
    var copies = 0
    /// The new root: where the working directory is while it is filled.
    private let folder: OwnedDescriptor
    /// The folders of overlays, below the root where only real root may look.
    static let layers = ".overlay"

    /// Makes the root and enters it; the host stays in reach until ``finish()``.
    init(_ preparation: LaunchPreparation, status: StatusChannel) throws(LaunchFault) {
        try attempt(.mounts, layer: .mountNamespace, "make all mounts private") {
            mount("none", "/", nil, UInt(MS_REC | MS_PRIVATE), nil)
        }
        let host = try HostTree()
        let size = Self.size(preparation.scratchBytes, preparation.scratchInodes)
        let options = "mode=0755,\(size)"
        // Any folder of this mount namespace would do: the host's is uncovered again when the root moves.
        let base = "/tmp"
        try attempt(.mounts, layer: .mountNamespace, "mount a tmpfs (\(options))") {
            options.withCString { mount("buildbox", base, "tmpfs", UInt(MS_NOSUID), $0) }
        }
        try attempt(.mounts, "enter \(base)") { chdir(base) }
        try attempt(.pivot, layer: .mountNamespace, "pivot_root") { clinux_pivot_root(".", ".") }
        let folder = OwnedDescriptor(
            owning: try attempt(.pivot, "open the new root") { clinux_open(".", O_RDONLY | O_DIRECTORY, 0) })
        self.status = status
        optionalLayers = preparation.optionalLayers
        identity = preparation.identity
        self.size = size
        self.host = host
        self.folder = folder
    }

    /// Carries steps out. `trees` has the id-mapped tree of each, -1 for those without one, and may be
    /// empty where no step has one.
    mutating func build(_ steps: [MountStep], trees: [Int32]) throws(LaunchFault) {
        for index in steps.indices {
            let tree = trees.isEmpty ? -1 : trees[index]
            defer { if tree >= 0 { close(tree) } }
            try carryOut(steps[index], tree: tree)
        }
        try inside.removeCovers()
        inside.forget()
    }

    /// There is an order: its sizes hold.
    mutating func take(_ order: LaunchOrder) throws(LaunchFault) {
        optionalLayers = order.optionalLayers
        let options = Self.size(order.limits.scratchBytes, order.limits.scratchInodes)
        guard options != size else { return }
        size = options
        try attempt(.mounts, layer: .mountNamespace, "resize the tmpfs (\(options))") {
            options.withCString { mount("buildbox", ".", nil, UInt(MS_REMOUNT | MS_NOSUID), $0) }
        }
    }

    private static func size(_ bytes: UInt64, _ inodes: UInt64) -> String { "size=\(bytes),nr_inodes=\(inodes)" }

    /// A directory descriptor of a path inside.
    func openFolder(_ path: String) throws(LaunchFault) -> OwnedDescriptor {
        try inside.open(relative(path), flags: O_RDONLY | O_DIRECTORY)
    }

    /// Lets the host go and makes the root read-only.
    ///
    /// - Returns: A descriptor of the root.
    consuming func finish() throws(LaunchFault) -> OwnedDescriptor {
        try host.leave()
        let number = folder.number
        try attempt(.pivot, layer: .mountNamespace, "make the root read-only") {
            clinux_set_mount(number, 0, UInt64(CLINUX_ATTR_RDONLY | CLINUX_ATTR_NOSUID), -1)
        }
        return folder
    }

    /// A descriptor of what is at a path inside, for looking at no more.
    func look(at path: String) throws(LaunchFault) -> OwnedDescriptor {
        try inside.open(relative(path))
    }

    /// Back from wherever a layer was entered.
    func enterRoot() throws(LaunchFault) {
        let number = folder.number
        try attempt(.mounts, "enter the new root") { fchdir(number) }
    }

    private mutating func carryOut(_ step: MountStep, tree: Int32) throws(LaunchFault) {
        switch step {
        case .directory(let path, let mode):
            try inside.makeFolder(relative(path))
            try attempt(.mounts, "set the mode of \(path)") { chmod(relative(path), mode) }
        case .file(let path, let contents):
            try inside.makeFile(relative(path), contents: contents)
        case .symbolicLink(let path, let target):
            try inside.makeLink(relative(path), target: target)
        case .bind(let source, let path, let access) where access.sharesLocks:
            try attach(source, at: relative(path), attributes: access.attributes, tree: tree)
        case .bind(let source, let path, let access):
            try show(source, at: relative(path), access: access, tree: tree)
        case .device(let path) where identity.privileged:
            try makeDevice(path)
        case .device(let path):
            let attributes = UInt64(CLINUX_ATTR_RDONLY | CLINUX_ATTR_NOSUID | CLINUX_ATTR_NOEXEC)
            try attach(path, at: relative(path), attributes: attributes, tree: -1)
        case .scratch(let path, let mode):
            try makeScratchFolder(relative(path), mode: mode)
            try makeWritable(relative(path))
        case .overlay(let source, let path, let access):
            try mountOverlay(source, access, tree: tree, at: relative(path))
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

    /// Mounts a tree of the host, sub-mounts included, or the id-mapped `tree` of it, unless that is -1.
    mutating func attach(
        _ source: String, at path: String, attributes: UInt64, tree: Int32
    ) throws(LaunchFault) {
        if tree >= 0 { return try inside.attach(tree, at: path) }
        let clone = try host.bind(source, attributes: attributes)
        try inside.attach(clone.number, at: path)
    }

    private mutating func makeDevice(_ path: String) throws(LaunchFault) {
        let device = try host.open(path)
        var information = stat()
        let number = device.number
        try attempt(.mounts, "stat \(path)") { fstat(number, &information) }
        try inside.makeDevice(relative(path), like: information)
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
    private mutating func mountOverlay(
        _ source: String, _ access: BindAccess, tree: Int32, at path: String
    ) throws(LaunchFault) {
        try makeLayers()
        let (lower, upper, work) = ("\(Self.layers)/lower", "\(Self.layers)/upper", "\(Self.layers)/work")
        try attach(source, at: lower, attributes: access.attributes, tree: tree)
        var information = stat()
        try attempt(.mounts, "stat the lower layer") { stat(lower, &information) }
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

    mutating func makeLayers() throws(LaunchFault) {
        try inside.makeFolder(Self.layers)
        try attempt(.mounts, "close \(Self.layers)") { chmod(Self.layers, 0o700) }
    }

    private mutating func makeScratchFolder(_ path: String, mode: UInt32) throws(LaunchFault) {
        try inside.makeFolder(path)
        try attempt(.mounts, "set the mode of /\(path)") { chmod(path, mode) }
        guard identity.privileged else { return }
        try attempt(.mounts, "give /\(path) to the command") {
            chown(path, identity.hostUser, identity.hostGroup)
        }
    }

    private func relative(_ path: String) -> String {
        path == "/" ? "." : String(path.drop { $0 == "/" })
    }
}
