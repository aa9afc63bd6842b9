import CLinux
import Glibc
import Linux
import SandboxProtocol

/// Detached, id-mapped copies of the trees that must belong to the command inside.
/// Made by the outer process, whose /proc shows the host's processes.
struct OwnedTrees {
    /// The tree of each step of the order, -1 for those that have none here.
    private(set) var bySteps: [Int32]
    private var namespaces: [(map: IdMap, descriptor: Int32)] = []

    init(order: LaunchOrder) throws(LaunchFault) {
        bySteps = [Int32](repeating: -1, count: order.mounts.count)
        for index in order.mounts.indices where Self.has(order.mounts[index], order.identity) {
            switch order.mounts[index] {
            case .bind(let source, _, let access), .overlay(let source, _, let access):
                bySteps[index] = try open(source, access, identity: order.identity)
            default: continue
            }
        }
        for namespace in namespaces { close(namespace.descriptor) }
        namespaces = []
    }

    /// Whether a step of an order needs such a copy. Where the launcher is not root the command is
    /// the owner already.
    static func has(_ step: MountStep, _ identity: Identity) -> Bool {
        switch step {
        case .bind(_, _, let access), .overlay(_, _, let access): identity.privileged && access.asOwner
        default: false
        }
    }

    func closeAll() {
        for tree in bySteps where tree >= 0 { close(tree) }
    }

    private mutating func open(
        _ source: String, _ access: BindAccess, identity: Identity
    ) throws(LaunchFault) -> Int32 {
        var owner = stat()
        try attempt(.idMap, "stat \(source)") { stat(source, &owner) }
        let large = owner.st_mode & S_IFMT == S_IFREG && owner.st_size > RootFilesystem.copiedBytes
        let place = large && !access.sharesLocks ? try folder(of: source) : source
        let tree = try attempt(.idMap, "open \(place)") { clinux_clone_tree(place, 0) }
        let namespace = try namespace(for: IdMap(owner: owner, to: identity))
        try attempt(.idMap, "make an id-mapped mount of \(source)") {
            clinux_set_mount(tree, 0, access.attributes, namespace)
        }
        return tree
    }

    /// An overlay has folders only, so that a large file is shown out of one of its folder.
    private func folder(of file: String) throws(LaunchFault) -> String {
        guard let real = realpath(file, nil) else {
            throw LaunchFault(step: .idMap, layer: nil, errno: errno, detail: "look \(file) up")
        }
        defer { free(real) }
        let path = String(cString: real)
        return String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) + "/"
    }

    private mutating func namespace(for map: IdMap) throws(LaunchFault) -> Int32 {
        if let known = namespaces.first(where: { $0.map == map }) { return known.descriptor }
        let descriptor = try map.emptyNamespace().release()
        namespaces.append((map, descriptor))
        return descriptor
    }
}

extension BindAccess {
    /// Mount attributes (mount_setattr(2)): no tree of the host ever brings setuid files or devices.
    var attributes: UInt64 {
        let always = UInt64(CLINUX_ATTR_NOSUID | CLINUX_ATTR_NODEV)
        return isWritable ? always : always | UInt64(CLINUX_ATTR_RDONLY)
    }
}
