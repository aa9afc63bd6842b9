import Glibc
import Linux

/// A group of the unified hierarchy that could hold runs' groups. Version 2 allows controllers in
/// the children of a group only while the group itself has no processes.
struct UnifiedGroup {
    /// Why a group cannot hold runs.
    struct Refusal: Error {
        let message: String
    }

    let path: String
    /// Groups above `path` in which the controllers are switched on first, outermost first.
    let above: [String]
    /// Whether this process stands in `path` itself and has to move into a leaf of it.
    let occupied: Bool

    private static let controllers = "+memory +pids +cpu"
    private static let leaf = "buildbox-supervisor"

    /// The places to try, best first.
    static func candidates(mount: CgroupMount, place: CgroupPlace) -> [UnifiedGroup] {
        let own = mount.path(of: place)
        // A second supervisor in the same scope, or one started by a build script, stands in the leaf.
        if own.hasSuffix("/\(leaf)") {
            return [UnifiedGroup(path: String(own.dropLast(leaf.count + 1)), above: [], occupied: false)]
        }
        var groups: [UnifiedGroup] = []
        if geteuid() == 0 {
            groups.append(UnifiedGroup(path: mount.path + "/buildbox", above: [mount.path], occupied: false))
        }
        groups.append(UnifiedGroup(path: own, above: [], occupied: own != mount.path))
        return groups
    }

    /// Makes the group ready to hold runs' groups.
    func open() throws(Refusal) {
        for group in above { try enable(in: group) }
        if mkdir(path, 0o755) != 0, errno != EEXIST { throw refusal("make the control group \(path)") }
        if occupied, !enabled {
            let leaf = "\(path)/\(Self.leaf)"
            if mkdir(leaf, 0o755) != 0, errno != EEXIST { throw refusal("make the control group \(leaf)") }
            try write("\(getpid())", to: "\(leaf)/cgroup.procs")
        }
        try enable(in: path)
    }

    private var enabled: Bool {
        let words = (textOfFile("\(path)/cgroup.subtree_control") ?? "").split(whereSeparator: \.isWhitespace)
        return ["memory", "pids", "cpu"].allSatisfy { words.contains(Substring($0)) }
    }

    private func enable(in group: String) throws(Refusal) {
        try write(Self.controllers, to: "\(group)/cgroup.subtree_control")
    }

    private func write(_ text: String, to file: String) throws(Refusal) {
        let descriptor = Glibc.open(file, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw refusal("open \(file)") }
        defer { close(descriptor) }
        guard Glibc.write(descriptor, text, text.utf8.count) == text.utf8.count else {
            throw refusal("write \(text) to \(file)")
        }
    }

    private func refusal(_ what: String) -> Refusal {
        Refusal(message: "cannot \(what): \(SystemCallError(errno))")
    }
}
