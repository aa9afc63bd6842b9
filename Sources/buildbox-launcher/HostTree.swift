import CLinux
import Glibc
import Linux
import SandboxProtocol

/// The host's files, in this mount namespace of our own: looked at by a descriptor of their root,
/// which stays good when the root of this process is another one already.
struct HostTree: ~Copyable {
    private let root: OwnedDescriptor
    private let mounts: MountTable

    /// Before the root is left: what "/" is, is the host.
    init() throws(LaunchFault) {
        let mounts = try MountTable(procfs: "/proc")
        root = OwnedDescriptor(
            owning: try attempt(.mounts, layer: .mountNamespace, "open the host's root") {
                clinux_open("/", CLINUX_O_PATH | O_DIRECTORY, 0)
            })
        self.mounts = mounts
    }

    /// A descriptor of what is at a path; links are followed as the host would follow them.
    func open(_ path: String, flags: Int32 = CLINUX_O_PATH) throws(LaunchFault) -> OwnedDescriptor {
        let (root, flags) = (root.number, UInt64(UInt32(bitPattern: flags)))
        var tries = 0
        while true {
            let found = clinux_openat2(root, path, flags, 0, UInt64(CLINUX_RESOLVE_IN_ROOT))
            if found >= 0 { return OwnedDescriptor(owning: found) }
            // The kernel cannot tell where `..` leads while something is renamed (openat2(2)).
            tries += 1
            guard errno == EAGAIN || errno == EINTR, tries < 100 else {
                throw LaunchFault(step: .mounts, layer: .mountNamespace, errno: errno, detail: "open \(path)")
            }
        }
    }

    /// A detached copy of what is at a path and of every mount below it.
    func bind(_ path: String, attributes: UInt64) throws(LaunchFault) -> OwnedDescriptor {
        let source = try open(path).release()
        defer { close(source) }
        let tree = OwnedDescriptor(
            owning: try attempt(.mounts, layer: .mountNamespace, "clone the mount of \(path)") {
                clinux_clone_tree_at(source, "", 1)
            })
        let number = tree.number
        try attempt(.mounts, layer: .mountNamespace, "restrict the mount of \(path)") {
            clinux_set_mount(number, 1, attributes, -1)
        }
        return tree
    }

    /// The path that leads to a descriptor without links.
    func path(of descriptor: borrowing OwnedDescriptor) throws(LaunchFault) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let (root, link, size) = (root.number, "proc/self/fd/\(descriptor.number)", buffer.count)
        let count = try attempt(.mounts, layer: .mountNamespace, "read the host's /\(link)") {
            readlinkat(root, link, &buffer, size)
        }
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// What is mounted below a path without links, parents first.
    func mounts(below path: String) -> [String] { mounts.paths(below: path) }

    /// Lets the host go, with everything that is mounted in it.
    consuming func leave() throws(LaunchFault) {
        let number = root.number
        try attempt(.pivot, "enter the host's root") { fchdir(number) }
        try attempt(.pivot, layer: .mountNamespace, "detach the host's root") { umount2(".", Int32(MNT_DETACH)) }
        try attempt(.pivot, "enter the new root") { chdir("/") }
    }
}
