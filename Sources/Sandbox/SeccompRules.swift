import SourceText

/// The `linux.seccomp` object of the OCI runtime specification, as far as a filter for one native
/// architecture needs it.
struct SeccompRules: Equatable, Sendable {
    struct Group: Equatable, Sendable {
        var names: [String]
        var action: Action
        var errnoRet: UInt32?
        var args: [Argument] = []
        /// Where each name stands in the profile.
        var positions: [SourcePosition] = []
    }

    struct Argument: Equatable, Sendable {
        /// 0 to 5.
        var index: UInt32
        var value: UInt64
        var valueTwo: UInt64?
        var op: Comparison
    }

    enum Action: String, CaseIterable, Sendable {
        case allow = "SCMP_ACT_ALLOW"
        case errno = "SCMP_ACT_ERRNO"
        case killProcess = "SCMP_ACT_KILL_PROCESS"
        case killThread = "SCMP_ACT_KILL_THREAD"
        case trap = "SCMP_ACT_TRAP"
        case log = "SCMP_ACT_LOG"
    }

    enum Comparison: String, CaseIterable, Sendable {
        case notEqual = "SCMP_CMP_NE"
        case less = "SCMP_CMP_LT"
        case lessOrEqual = "SCMP_CMP_LE"
        case equal = "SCMP_CMP_EQ"
        case greaterOrEqual = "SCMP_CMP_GE"
        case greater = "SCMP_CMP_GT"
        case maskedEqual = "SCMP_CMP_MASKED_EQ"
    }

    var defaultAction: Action
    var defaultErrnoRet: UInt32?
    var syscalls: [Group]

    /// Whether a group says what the filter does without it.
    func saysDefault(_ group: Group) -> Bool {
        group.action == defaultAction && (group.action != .errno || group.errnoRet == defaultErrnoRet)
    }

    /// Calls that are allowed whole.
    var allowed: Set<String> {
        Set(syscalls.filter { $0.action == .allow && $0.args.isEmpty }.flatMap(\.names))
    }

    /// Calls whose arguments decide.
    var decidedByArgument: Set<String> {
        Set(syscalls.filter { !$0.args.isEmpty }.flatMap(\.names))
    }
}
