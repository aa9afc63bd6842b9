import CLibseccomp
import CLinux
import Glibc
import Linux
import SourceText
import SystemPackage

/// Compiles seccomp rules to classic BPF for the native architecture, with libseccomp. System
/// calls of any other ABI (i386, x32) kill the process.
enum SeccompCompiler {
    /// Part of the cache key of compiled filters.
    static var version: String {
        guard let version = seccomp_version()?.pointee else { return "unknown" }
        return "\(version.major).\(version.minor).\(version.micro)-\(seccomp_arch_native())-3"
    }

    /// This machine's (AUDIT_ARCH_*).
    static var architecture: UInt32 { seccomp_arch_native() }

    /// The program, 8 bytes an instruction.
    static func compile(_ rules: SeccompRules) throws(SandboxError) -> [UInt8] {
        let bytes = try libseccompsOwn(rules)
        return FilterProgram(bytes)?.compacted(for: architecture).bytes ?? bytes
    }

    /// The program as libseccomp makes it.
    static func libseccompsOwn(_ rules: SeccompRules) throws(SandboxError) -> [UInt8] {
        var first: SourceFault?
        let context = try filter(rules) { first = first ?? $0 }
        defer { seccomp_release(context) }
        if let first { throw SandboxError(.profile, "the profile cannot be compiled: \(first)") }
        return try export(context)
    }

    /// BPF_MAXINSNS, of 8 bytes each.
    private static let largestProgram = 4096 * 8

    private static func export(_ context: scmp_filter_ctx) throws(SandboxError) -> [UInt8] {
        let number = clinux_memory_file()
        guard number >= 0 else {
            throw SandboxError(.profile, "cannot make a file in memory: \(SystemCallError(errno))")
        }
        let file = OwnedDescriptor(owning: number)
        try check(seccomp_export_bpf(context, file.number), "write the compiled filter")
        var bytes = [UInt8](repeating: 0, count: largestProgram + 8)
        let count = pread(file.number, &bytes, bytes.count, 0)
        guard (1...largestProgram).contains(count) else {
            throw SandboxError(.profile, "the compiled filter has \(count) bytes; \(largestProgram) are allowed")
        }
        return Array(bytes[..<count])
    }

    /// What libseccomp refuses of the rules, each by the place of the system call's name.
    static func faults(in rules: SeccompRules) throws(SandboxError) -> [SourceFault] {
        var faults: [SourceFault] = []
        seccomp_release(try filter(rules) { faults.append($0) })
        return faults
    }

    /// Whether there is a system call of this name, on whichever architecture.
    static func knows(_ name: String) -> Bool { number(of: name) != nil }

    private static func filter(
        _ rules: SeccompRules, refused: (SourceFault) -> Void
    ) throws(SandboxError) -> scmp_filter_ctx {
        let fallback = action(rules.defaultAction, rules.defaultErrnoRet)
        guard let context = seccomp_init(fallback) else {
            throw SandboxError(.profile, "libseccomp refuses the profile's default action")
        }
        do throws(SandboxError) {
            try check(seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, killProcess), "kill foreign system calls")
            try check(seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2), "order the filter as a binary tree")
        } catch {
            seccomp_release(context)
            throw error
        }
        // libseccomp refuses a rule that says what the default says anyway.
        for group in rules.syscalls where action(group.action, group.errnoRet) != fallback {
            let comparisons = group.args.map(comparison)
            for (index, name) in group.names.enumerated() {
                guard let message = add(name, action(group.action, group.errnoRet), comparisons, to: context) else {
                    continue
                }
                let known = group.positions.indices.contains(index)
                refused(SourceFault(message, at: known ? group.positions[index] : SourcePosition(line: 1, column: 1)))
            }
        }
        return context
    }

    /// Why the rule was refused; nil when it was not.
    private static func add(
        _ name: String, _ action: UInt32, _ comparisons: [scmp_arg_cmp], to context: scmp_filter_ctx
    ) -> String? {
        guard let number = number(of: name) else { return "unknown system call '\(name)'" }
        let code = seccomp_rule_add_array(context, action, number, UInt32(comparisons.count), comparisons)
        switch -code {
        case EEXIST: return "a rule for the system call '\(name)' contradicts an earlier one"
        case EINVAL: return "libseccomp does not take the comparisons for the system call '\(name)'"
        case let errno where errno > 0:
            return "libseccomp cannot add a rule for the system call '\(name)': \(SystemCallError(errno))"
        default: return nil
        }
    }

    private static func number(of name: String) -> Int32? {
        let number = seccomp_syscall_resolve_name(name)
        return number == unknown ? newerSyscalls[name] : number
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

    private static func comparison(_ argument: SeccompRules.Argument) -> scmp_arg_cmp {
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
