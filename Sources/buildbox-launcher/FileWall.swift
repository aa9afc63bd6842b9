import CLinux
import Glibc
import Linux
import SandboxProtocol

/// A second wall under the mount namespace (landlock(7)), as far as the kernel has it: what may be
/// written is named once more, devices cannot be made, and sockets and signals stay inside. It is built
/// beside the root, and raised when that stands.
struct FileWall: ~Copyable {
    /// Every access to files that this kernel's version knows.
    private let handled: UInt64
    private let ruleset: OwnedDescriptor

    /// A wall around a root in which everything can be read.
    ///
    /// - Throws: `LaunchFault` where the kernel has no Landlock that builds could live with.
    init(around root: borrowing RootFilesystem, deniesTCP: Bool) throws(LaunchFault) {
        let abi = try attempt(.privileges, layer: .landlock, "ask for the version of Landlock") {
            clinux_landlock_abi()
        }
        // The first version refuses every rename from one folder to another, and builds need them.
        guard abi >= 2 else {
            throw LaunchFault(
                step: .privileges, layer: .landlock, errno: EOPNOTSUPP,
                detail: "use Landlock version \(abi), which refuses renames between folders")
        }
        let newest: Int32 =
            abi >= 5 ? CLINUX_LANDLOCK_IOCTL_DEVICE : abi >= 3 ? CLINUX_LANDLOCK_TRUNCATE : CLINUX_LANDLOCK_REFER
        let handled = UInt64(newest) << 1 - 1
        let network = deniesTCP && abi >= 4 ? UInt64(CLINUX_LANDLOCK_BIND_TCP | CLINUX_LANDLOCK_CONNECT_TCP) : 0
        let scoped = abi >= 6 ? UInt64(CLINUX_LANDLOCK_SCOPE_ABSTRACT_SOCKET | CLINUX_LANDLOCK_SCOPE_SIGNAL) : 0
        let ruleset = OwnedDescriptor(
            owning: try attempt(.privileges, layer: .landlock, "make a Landlock ruleset") {
                clinux_landlock_create(handled, network, scoped)
            })
        try Self.allow(Self.reading, below: "/", of: root, in: ruleset)
        self.handled = handled
        self.ruleset = ruleset
    }

    /// Allows what is to be done with mounts that the root has by now.
    func allow(_ mounts: [MountStep], of root: borrowing RootFilesystem) throws(LaunchFault) {
        // A shell truncates what it writes to, which does nothing in /proc.
        let processes = UInt64(CLINUX_LANDLOCK_WRITE_FILE | CLINUX_LANDLOCK_TRUNCATE) & handled
        let devices = UInt64(CLINUX_LANDLOCK_WRITE_FILE | CLINUX_LANDLOCK_IOCTL_DEVICE) & handled
        for index in mounts.indices {
            switch mounts[index] {
            // A process can write to its own entries alone: the kernel sees to that.
            case .processes(let path):
                try Self.allow(Self.reading | processes, below: path, of: root, in: ruleset)
            case .device(let path):
                try Self.allow(devices | UInt64(CLINUX_LANDLOCK_READ_FILE), below: path, of: root, in: ruleset)
            case .scratch(let path, _), .overlay(_, let path, _):
                try Self.allow(writing, below: path, of: root, in: ruleset)
            case .bind(_, let path, let access) where access.isWritable:
                try Self.allow(writing, below: path, of: root, in: ruleset)
            default: continue
            }
        }
    }

    /// From now on it holds for this process and all that it starts.
    consuming func raise() throws(LaunchFault) {
        let number = ruleset.number
        try attempt(.privileges, layer: .landlock, "put PID 1 under Landlock") { clinux_landlock_restrict(number) }
    }

    private static func allow(
        _ access: UInt64, below path: String, of root: borrowing RootFilesystem, in ruleset: borrowing OwnedDescriptor
    ) throws(LaunchFault) {
        let folder = try root.look(at: path)
        let (rules, below) = (ruleset.number, folder.number)
        try attempt(.privileges, layer: .landlock, "allow access below \(path)") {
            clinux_landlock_allow(rules, below, access)
        }
    }

    private static var reading: UInt64 {
        UInt64(CLINUX_LANDLOCK_EXECUTE | CLINUX_LANDLOCK_READ_FILE | CLINUX_LANDLOCK_READ_DIR)
    }

    /// Everything but device nodes, and talking to devices.
    private var writing: UInt64 {
        handled & ~UInt64(CLINUX_LANDLOCK_MAKE_CHAR | CLINUX_LANDLOCK_MAKE_BLOCK | CLINUX_LANDLOCK_IOCTL_DEVICE)
    }
}
