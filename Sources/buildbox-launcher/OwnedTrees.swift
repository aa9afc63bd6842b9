import CLinux
import Glibc
import Linux
import SandboxProtocol

/// Detached, read-only, id-mapped copies of the trees that must belong to the command inside.
/// Made before the clone, while /proc still shows the host's processes.
struct OwnedTrees {
    /// By the step's place in the order.
    private var trees: [Int: Int32] = [:]
    private var namespaces: [(map: IdMap, descriptor: Int32)] = []

    init(order: LaunchOrder) throws(LaunchFault) {
        guard order.identity.privileged else { return }
        for (index, step) in order.mounts.enumerated() {
            switch step {
            case .bind(let source, _, .readOnlyAsOwner), .overlay(let source, _, .readOnlyAsOwner):
                trees[index] = try open(source, identity: order.identity)
            default:
                continue
            }
        }
        for namespace in namespaces { close(namespace.descriptor) }
        namespaces = []
    }

    func tree(step index: Int) -> Int32? { trees[index] }

    func closeAll() {
        for tree in trees.values { close(tree) }
    }

    private mutating func open(_ source: String, identity: Identity) throws(LaunchFault) -> Int32 {
        let tree = try attempt(.idMap, "open \(source)") { clinux_clone_tree(source, 0) }
        var owner = stat()
        try attempt(.idMap, "stat \(source)") { fstat(tree, &owner) }
        let namespace = try namespace(for: IdMap(owner: owner, to: identity))
        try attempt(.idMap, "make an id-mapped mount of \(source)") {
            clinux_set_mount(tree, 0, BindAccess.readOnly.attributes, namespace)
        }
        return tree
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
        return self == .writable ? always : always | UInt64(CLINUX_ATTR_RDONLY)
    }
}
