/// The `linux.seccomp` object of the OCI runtime specification, as far as a filter for one native
/// architecture needs it.
struct SeccompRules: Decodable, Sendable {
    struct Group: Decodable, Sendable {
        var names: [String]
        var action: Action
        var errnoRet: UInt32?
        var args: [Argument]?
    }

    struct Argument: Decodable, Sendable {
        /// 0 to 5.
        var index: UInt32
        var value: UInt64
        var valueTwo: UInt64?
        var op: Comparison
    }

    enum Action: String, Decodable, Sendable {
        case allow = "SCMP_ACT_ALLOW"
        case errno = "SCMP_ACT_ERRNO"
        case killProcess = "SCMP_ACT_KILL_PROCESS"
        case killThread = "SCMP_ACT_KILL_THREAD"
        case trap = "SCMP_ACT_TRAP"
        case log = "SCMP_ACT_LOG"
    }

    enum Comparison: String, Decodable, Sendable {
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
}
