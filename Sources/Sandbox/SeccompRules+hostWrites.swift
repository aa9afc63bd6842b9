import Glibc

extension SeccompRules {
    /// What is refused beside a profile where a command can write to folders of the host: modes that make whoever runs a file
    /// its owner (set-user-ID, set-group-ID), and the whiteout, a device that overlays take for a file that is not there. A file
    /// of the command's belongs to the folder's owner on the host, root for one, and mounts inside keep nobody on the host from
    /// running it.
    static let hostWrites: SeccompRules = {
        let modes: [UInt64] = [UInt64(S_ISUID), UInt64(S_ISGID)]
        func refused(_ name: String, _ conditions: [(index: UInt32, bits: UInt64)]) -> Group {
            Group(
                names: [name], action: .errno, errnoRet: UInt32(EPERM),
                args: conditions.map { Argument(index: $0.index, value: $0.bits, valueTwo: $0.bits, op: .maskedEqual) })
        }
        let ofMode: [(name: String, index: UInt32)] = [
            ("chmod", 1), ("fchmod", 1), ("fchmodat", 2), ("fchmodat2", 2), ("creat", 1), ("mknod", 1), ("mknodat", 2),
        ]
        // Only these flags make a file; without them there is no mode, and anything in its place.
        let making: [UInt64] = [UInt64(O_CREAT), openTemporary]
        let opening: [(name: String, flags: UInt32)] = [("open", 1), ("openat", 2)]
        var groups = modes.flatMap { mode in
            ofMode.map { refused($0.name, [($0.index, mode)]) }
                + opening.flatMap { call in
                    making.map { refused(call.name, [(call.flags, $0), (call.flags + 1, mode)]) }
                }
        }
        groups.append(refused("renameat2", [(4, renameWhiteout)]))
        // Its mode is in memory, where no filter can look: programs do without the call, as on a kernel that has none.
        groups.append(Group(names: ["openat2"], action: .errno, errnoRet: UInt32(ENOSYS)))
        return SeccompRules(defaultAction: .allow, syscalls: groups)
    }()

    /// __O_TMPFILE (asm-generic/fcntl.h); O_TMPFILE is this and O_DIRECTORY.
    private static let openTemporary: UInt64 = 0o20_000_000
    /// RENAME_WHITEOUT (linux/fs.h).
    private static let renameWhiteout: UInt64 = 4
}
