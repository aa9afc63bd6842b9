import CLinux
import Glibc
import Linux
import SandboxProtocol

/// A second wall under the mount namespace (landlock(7)), as far as the kernel has it: what may be
/// written is named once more, devices cannot be made, and sockets and signals stay inside.
struct FileWall {
    private let order: LaunchOrder
    private let abi: Int32

    /// - Throws: `LaunchFault` where the kernel has no Landlock that builds could live with.
    init(order: LaunchOrder) throws(LaunchFault) {
        self.order = order
        abi = try attempt(.privileges, layer: .landlock, "ask for the version of Landlock") { clinux_landlock_abi() }
        // The first version refuses every rename from one folder to another, and builds need them.
        guard abi >= 2 else {
            throw LaunchFault(
                step: .privileges, layer: .landlock, errno: EOPNOTSUPP,
                detail: "use Landlock version \(abi), which refuses renames between folders")
        }
    }

    func raise() throws(LaunchFault) {
        let network = order.deniesTCP && abi >= 4 ? UInt64(CLINUX_LANDLOCK_BIND_TCP | CLINUX_LANDLOCK_CONNECT_TCP) : 0
        let scoped = abi >= 6 ? UInt64(CLINUX_LANDLOCK_SCOPE_ABSTRACT_SOCKET | CLINUX_LANDLOCK_SCOPE_SIGNAL) : 0
        let ruleset = OwnedDescriptor(
            owning: try attempt(.privileges, layer: .landlock, "make a Landlock ruleset") {
                clinux_landlock_create(handled, network, scoped)
            })
        try allow(reading, below: "/", in: ruleset)
        let devices = UInt64(CLINUX_LANDLOCK_WRITE_FILE | CLINUX_LANDLOCK_IOCTL_DEVICE) & handled
        for index in order.mounts.indices {
            switch order.mounts[index] {
            // A process can write to its own entries alone: the kernel sees to that.
            case .processes(let path): try allow(reading | UInt64(CLINUX_LANDLOCK_WRITE_FILE), below: path, in: ruleset)
            case .device(let path):
                try allow(devices | UInt64(CLINUX_LANDLOCK_READ_FILE), below: path, in: ruleset)
            case .scratch(let path, _), .overlay(_, let path, _): try allow(writing, below: path, in: ruleset)
            case .bind(_, let path, let access) where access.isWritable:
                try allow(writing, below: path, in: ruleset)
            default: continue
            }
        }
        try attempt(.privileges, layer: .landlock, "put PID 1 under Landlock") {
            clinux_landlock_restrict(ruleset.number)
        }
    }

    private func allow(_ access: UInt64, below path: String, in ruleset: borrowing OwnedDescriptor) throws(LaunchFault)
    {
        let folder = OwnedDescriptor(
            owning: try attempt(.privileges, layer: .landlock, "open \(path)") {
                clinux_open(path, CLINUX_O_PATH | O_NOFOLLOW, 0)
            })
        let (rules, below) = (ruleset.number, folder.number)
        try attempt(.privileges, layer: .landlock, "allow access below \(path)") {
            clinux_landlock_allow(rules, below, access)
        }
    }

    private var reading: UInt64 {
        UInt64(CLINUX_LANDLOCK_EXECUTE | CLINUX_LANDLOCK_READ_FILE | CLINUX_LANDLOCK_READ_DIR)
    }

    /// Everything but device nodes, and talking to devices.
    private var writing: UInt64 {
        handled & ~UInt64(CLINUX_LANDLOCK_MAKE_CHAR | CLINUX_LANDLOCK_MAKE_BLOCK | CLINUX_LANDLOCK_IOCTL_DEVICE)
    }

    /// Every access to files that this version knows.
    private var handled: UInt64 {
        let newest: Int32 =
            abi >= 5 ? CLINUX_LANDLOCK_IOCTL_DEVICE : abi >= 3 ? CLINUX_LANDLOCK_TRUNCATE : CLINUX_LANDLOCK_REFER
        return UInt64(newest) << 1 - 1
    }
}
