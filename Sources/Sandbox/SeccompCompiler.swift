import CLibseccomp
import Glibc
import Linux
import SystemPackage

/// Compiles seccomp rules to classic BPF for the native architecture, with libseccomp. System
/// calls of any other ABI (i386, x32) kill the process.
enum SeccompCompiler {
    /// Part of the cache key of compiled filters.
    static var version: String {
        guard let version = seccomp_version()?.pointee else { return "unknown" }
        return "\(version.major).\(version.minor).\(version.micro)-\(seccomp_arch_native())-1"
    }

    /// Writes the program to an open file.
    static func compile(_ rules: SeccompRules, to file: Int32) throws(SandboxError) {
        guard let context = seccomp_init(action(rules.defaultAction, rules.defaultErrnoRet)) else {
            throw SandboxError(.profile, "libseccomp refuses the profile's default action")
        }
        defer { seccomp_release(context) }
        try check(seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, killProcess), "kill foreign system calls")
        try check(seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2), "order the filter as a binary tree")
        let fallback = action(rules.defaultAction, rules.defaultErrnoRet)
        // libseccomp refuses a rule that says what the default says anyway.
        for group in rules.syscalls where action(group.action, group.errnoRet) != fallback {
            let comparisons = try (group.args ?? []).map(comparison)
            for name in group.names {
                try add(name, action(group.action, group.errnoRet), comparisons, to: context)
            }
        }
        try check(seccomp_export_bpf(context, file), "write the compiled filter")
    }

    private static func add(
        _ name: String, _ action: UInt32, _ comparisons: [scmp_arg_cmp], to context: scmp_filter_ctx
    ) throws(SandboxError) {
        var number = seccomp_syscall_resolve_name(name)
        if number == unknown {
            guard let newer = newerSyscalls[name] else {
                throw SandboxError(.profile, "the profile names the unknown system call '\(name)'")
            }
            number = newer
        }
        let code = seccomp_rule_add_array(context, action, number, UInt32(comparisons.count), comparisons)
        try check(code, "add a rule for the system call '\(name)'")
    }

    private static func check(_ code: Int32, _ what: String) throws(SandboxError) {
        if code < 0 { throw SandboxError(.profile, "libseccomp cannot \(what): \(SystemCallError(-code))") }
    }

    // The macros of seccomp.h that Swift cannot import.
    private static let killProcess: UInt32 = 0x8000_0000
    private static let unknown: Int32 = -1

    private static func action(_ action: SeccompRules.Action, _ errno: UInt32?) -> UInt32 {
        switch action {
        case .allow: 0x7fff_0000
        case .errno: 0x0005_0000 | (errno ?? UInt32(EPERM)) & 0xffff
        case .killProcess: killProcess
        case .killThread: 0
        case .trap: 0x0003_0000
        case .log: 0x7ffc_0000
        }
    }

    private static func comparison(_ argument: SeccompRules.Argument) throws(SandboxError) -> scmp_arg_cmp {
        guard argument.index <= 5 else {
            throw SandboxError(.profile, "a system call has no argument \(argument.index)")
        }
        let op: scmp_compare =
            switch argument.op {
            case .notEqual: SCMP_CMP_NE
            case .less: SCMP_CMP_LT
            case .lessOrEqual: SCMP_CMP_LE
            case .equal: SCMP_CMP_EQ
            case .greaterOrEqual: SCMP_CMP_GE
            case .greater: SCMP_CMP_GT
            case .maskedEqual: SCMP_CMP_MASKED_EQ
            }
        return scmp_arg_cmp(arg: argument.index, op: op, datum_a: argument.value, datum_b: argument.valueTwo ?? 0)
    }

    /// System calls newer than the oldest supported libseccomp (2.5.4). They have one number on
    /// every architecture (include/uapi/asm-generic/unistd.h of Linux 6.18).
    private static let newerSyscalls: [String: Int32] = [
        "futex_waitv": 449, "set_mempolicy_home_node": 450, "cachestat": 451, "fchmodat2": 452,
        "map_shadow_stack": 453, "futex_wake": 454, "futex_wait": 455, "futex_requeue": 456, "statmount": 457,
        "listmount": 458, "lsm_get_self_attr": 459, "lsm_set_self_attr": 460, "lsm_list_modules": 461, "mseal": 462,
        "setxattrat": 463, "getxattrat": 464, "listxattrat": 465, "removexattrat": 466, "open_tree_attr": 467,
        "file_getattr": 468, "file_setattr": 469, "listns": 470,
        // Only x86-64 has it; elsewhere the number belongs to nothing.
        "uretprobe": 335,
    ]
}
