import CLinux
import Glibc
import SandboxProtocol

/// The system calls by which each primitive is tried: those that the launcher makes, in its order.
struct PrimitiveTrials {
    /// Who would run the command.
    let identity: Identity

    /// Tries all primitives, one after another.
    func run() -> [Primitive: TrialEnding] {
        let user = Trial.run { _ throws(TrialFault) in try unshareUser() }
        var endings: [Primitive: TrialEnding] = [.userNamespace: user]
        for primitive in Primitive.allCases where primitive != .userNamespace {
            let possible = identity.privileged || user == .passed || !primitive.needsUserNamespace
            endings[primitive] =
                possible ? Trial.run { trial throws(TrialFault) in try carryOut(primitive, trial) } : .notTried
        }
        return endings
    }

    private func carryOut(_ primitive: Primitive, _ trial: Trial) throws(TrialFault) {
        // As root the launcher enters the user namespace last, as an ordinary user first.
        if primitive.needsUserNamespace, !identity.privileged { try unshareUser() }
        switch primitive {
        case .userNamespace: break
        case .mountNamespace: try unshareMounts()
        case .pidNamespace:
            try unshare("unshare the pid namespace", CLINUX_NEWPID)
            try trial.asInit { _ throws(TrialFault) in
                if getpid() != 1 { throw TrialFault(step: "be PID 1", errno: ESRCH) }
            }
        case .networkNamespace:
            try unshare("unshare the network namespace", CLINUX_NEWNET)
            try step("bring the loopback up") { clinux_loopback_up() }
        case .ipcNamespace: try unshare("unshare the ipc namespace", CLINUX_NEWIPC)
        case .utsNamespace:
            try unshare("unshare the uts namespace", CLINUX_NEWUTS)
            try step("set the host name") { sethostname("buildbox", 8) }
        case .cgroupNamespace: try unshare("unshare the cgroup namespace", CLINUX_NEWCGROUP)
        case .procfs:
            try unshareMounts()
            try unshare("unshare the pid namespace", CLINUX_NEWPID)
            try trial.asInit { _ throws(TrialFault) in
                try mountNew("mount a procfs", "proc", at: "/proc", UInt(MS_NOSUID | MS_NODEV | MS_NOEXEC))
            }
        case .tmpfs:
            try unshareMounts()
            try mountScratch()
        case .mountTree: try mountTree()
        case .pivotRoot:
            try unshareMounts()
            try mountScratch()
            try step("enter the new root") { chdir("/tmp") }
            try step("pivot_root") { clinux_pivot_root(".", ".") }
            try step("detach the old root") { umount2(".", Int32(MNT_DETACH)) }
        case .openat2:
            try step("openat2") {
                clinux_openat2(
                    AT_FDCWD, "/usr", UInt64(CLINUX_O_PATH), 0, UInt64(CLINUX_RESOLVE_NO_MAGICLINKS))
            }
        case .pidfd: try holdProcess()
        case .capabilities: try step("drop all capabilities") { clinux_drop_capabilities() }
        case .noNewPrivileges: try step("set no_new_privs") { clinux_no_new_privileges() }
        case .seccomp:
            try step("set no_new_privs") { clinux_no_new_privileges() }
            // BPF_RET | BPF_K with SECCOMP_RET_ALLOW.
            var program: UInt64 = 0x7fff_0000_0000_0006
            try step("load a seccomp filter") { clinux_load_filter(&program, 1) }
        case .landlock: try step("ask for the version of Landlock") { clinux_landlock_abi() }
        case .lockIsolation: try isolateLock()
        case .idMappedMount: try idMap()
        case .overlayfs: try overlay()
        }
    }

    private func unshare(_ what: StaticString, _ flag: Int32) throws(TrialFault) {
        try step(what) { clinux_unshare(flag) }
    }
}
