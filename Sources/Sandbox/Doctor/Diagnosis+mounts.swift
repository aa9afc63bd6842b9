import Glibc

extension Diagnosis {
    func procfsAdvice(_ ending: TrialEnding) -> Advice {
        // The kernel shows a new procfs in a user namespace only to those who see a whole one already.
        guard !facts.isRoot || !facts.hasSandboxIDs, ending.errno == EPERM else {
            return kernelAdvice(.procfs, ending)
        }
        let covered = masks
        guard !covered.isEmpty else { return refusalAdvice(ending) }
        let shown = covered.prefix(4).joined(separator: ", ") + (covered.count > 4 ? ", ..." : "")
        return Advice(
            cause: "/proc is masked (\(shown)): the kernel then refuses a new procfs in a user namespace",
            remedy: unmaskRemedy)
    }

    /// What lies over /proc and hides some of it (mount_too_revealing() in the kernel's fs/namespace.c).
    private var masks: [String] {
        guard let whole = facts.mounts.last(where: { $0.path == "/proc" && $0.type == "proc" }) else {
            return ["no procfs at /proc"]
        }
        if whole.readOnly { return ["/proc is read-only"] }
        // Empty folders that are there to be mounted on hide nothing.
        let harmless: Set<String> = ["/proc/sys/fs/binfmt_misc", "/proc/fs/nfsd"]
        var seen: Set<String> = []
        return facts.mounts.map(\.path).filter {
            $0.hasPrefix("/proc/") && !harmless.contains($0) && seen.insert($0).inserted
        }
    }

    private var unmaskRemedy: String {
        switch facts.surroundings {
        case .docker: "docker run --security-opt systempaths=unconfined ..."
        case .podman: "podman run --security-opt unmask=ALL ..."
        case .kubernetes: "in the container's securityContext: procMount: Unmasked (needs hostUsers: false)"
        case .container:
            "start the container with an unmasked /proc  (for LXC: "
                + "lxc.mount.auto = proc:rw)"
        case .service:
            "sudo systemctl edit \(facts.unit), and there: [Service] ProtectKernelTunables=no ProtectKernelLogs=no "
                + "ProtectProc=default ProcSubset=all"
        case .host: "unmount what lies over it: sudo umount \(masks.first ?? "/proc/...")"
        }
    }

    /// Why a call of the kernel fails that is no namespace's alone.
    func kernelAdvice(_ primitive: Primitive, _ ending: TrialEnding) -> Advice {
        if facts.surroundings == .service, facts.filtered, facts.trials[.mountNamespace] == .passed,
            let setting = primitive.unitSetting
        {
            return Advice(
                cause: "systemd loaded a seccomp filter for the service \(facts.unit): \(setting)= refuses it, "
                    + "or SystemCallFilter= does",
                remedy: "sudo systemctl edit \(facts.unit), and there: [Service] \(setting)=no SystemCallFilter=")
        }
        if let setting = primitive.setting, let exhausted = exhaustedAdvice(setting, ending) { return exhausted }
        if primitive == .pivotRoot, ending.errno == EINVAL {
            return Advice(
                cause: "the root file system is the kernel's initial ramfs, which cannot be pivoted away",
                remedy: "start buildbox in a root that is mounted, by switch_root or in a chroot of a new mount")
        }
        if ending.errno == ENOSYS, let since = primitive.since {
            if !facts.kernel.isAtLeast(since.0, since.1) {
                return Advice(
                    cause: "it came with Linux \(since.0).\(since.1), and this is Linux \(facts.kernel)",
                    remedy: "start a kernel of 5.12 or later")
            }
            return facts.filtered
                ? refusalAdvice(ending)
                : Advice(
                    cause: "this kernel was built without it", remedy: "start a distribution's kernel, 5.12 or later")
        }
        if primitive == .seccomp, ending.errno == EINVAL || ending.errno == ENOSYS, !facts.filtered {
            return Advice(
                cause: "the kernel was built without CONFIG_SECCOMP_FILTER", remedy: "start a kernel that has it")
        }
        if primitive == .tmpfs, ending.errno == ENODEV {
            return Advice(cause: "the kernel was built without CONFIG_TMPFS", remedy: "start a kernel that has it")
        }
        return refusalAdvice(ending)
    }

    func stagingAdvice(_ primitive: Primitive, _ ending: TrialEnding) -> Advice {
        let fallback = "nothing is needed: a source folder is copied instead"
        if !facts.isRoot {
            return Advice(
                cause: primitive == .overlayfs
                    ? "in a user namespace overlayfs refuses redirects, so that folders could not be renamed"
                    : "only root may map the ids of the host's mounts",
                remedy: "\(fallback); as root it is overlaid")
        }
        if primitive == .overlayfs, ending.errno == ENODEV {
            return Advice(cause: "the kernel's overlay module is not loaded", remedy: "sudo modprobe overlay")
        }
        if primitive == .idMappedMount, ending.errno == EINVAL {
            return Advice(
                cause: "the file system of /usr cannot be id-mapped by Linux \(facts.kernel)",
                remedy: "\(fallback) where its file system cannot be id-mapped either")
        }
        return Advice(cause: "the kernel refuses it", remedy: fallback)
    }

    func lockAdvice(_ ending: TrialEnding) -> Advice {
        switch ending.errno {
        case ENODEV:
            return Advice(cause: "the kernel's overlay module is not loaded", remedy: "sudo modprobe overlay")
        case EINVAL:
            return Advice(
                cause: "no overlay can be mounted over /usr: "
                    + (facts.isRoot
                        ? "its file system cannot be a layer, or is an overlay on an overlay"
                        : "its file system cannot be a layer, or something is mounted below it, as "
                            + "systemd's ProtectKernelModules does"),
                remedy: "run buildbox outside of the container, without the setting; builds without an overlay can "
                    + "hold locks on shown files, and their results say so")
        default: return refusalAdvice(ending)
        }
    }

    func landlockAdvice(_ ending: TrialEnding) -> Advice {
        let modules = facts.securityModules.map { $0.joined(separator: ",") }
        switch ending.errno {
        case EOPNOTSUPP:
            return Advice(
                cause: "Landlock is built into the kernel but not switched on"
                    + (modules.map { " (active: \($0))" } ?? ""),
                remedy: "put it into the kernel's command line and start anew: lsm=landlock,"
                    + (modules ?? "$(cat /sys/kernel/security/lsm)"))
        case ENOSYS where facts.filtered && facts.kernel.isAtLeast(5, 19):
            let refusal = refusalAdvice(ending)
            return Advice(cause: "no Landlock in the kernel, or " + refusal.cause, remedy: refusal.remedy)
        case ENOSYS where !facts.kernel.isAtLeast(5, 19), EOPNOTSUPP where !facts.kernel.isAtLeast(5, 19):
            return Advice(
                cause: "Landlock for renames between folders came with Linux 5.19, and this is Linux \(facts.kernel)",
                remedy: "start a kernel of 5.19 or later")
        case ENOSYS:
            return Advice(
                cause: "the kernel was built without Landlock (CONFIG_SECURITY_LANDLOCK)",
                remedy: "start a kernel that has it, with landlock in lsm=")
        default:
            return refusalAdvice(ending)
        }
    }
}

extension Primitive {
    /// The sysctl that bounds how many there are (namespaces(7)).
    fileprivate var setting: String? {
        switch self {
        case .mountNamespace, .tmpfs, .mountTree, .pivotRoot, .overlayfs: "user.max_mnt_namespaces"
        case .pidNamespace, .procfs: "user.max_pid_namespaces"
        case .networkNamespace: "user.max_net_namespaces"
        case .ipcNamespace: "user.max_ipc_namespaces"
        case .utsNamespace: "user.max_uts_namespaces"
        case .cgroupNamespace: "user.max_cgroup_namespaces"
        default: nil
        }
    }

    /// The setting of a systemd unit (systemd.exec(5)) whose filter takes this alone away.
    fileprivate var unitSetting: String? {
        switch self {
        case .openat2: "RestrictSUIDSGID"
        case .utsNamespace: "ProtectHostname"
        default: nil
        }
    }

    /// The kernel that brought its newest system call.
    fileprivate var since: (Int, Int)? {
        switch self {
        case .mountTree: (5, 12)
        case .openat2: (5, 6)
        case .pidfd: (5, 4)
        default: nil
        }
    }
}
