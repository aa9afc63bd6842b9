import Linux
import SandboxProtocol

extension LaunchFault {
    /// The fault as an error for people: what was tried, why it failed, what to do.
    var error: SandboxError {
        let cause = errno == 0 ? "" : ": \(SystemCallError(errno))"
        guard let layer else {
            return SandboxError(.setUp, "cannot set the sandbox up: \(detail)\(cause)", fault: self)
        }
        return SandboxError(
            .layerUnavailable,
            "the sandbox layer '\(layer.name)' cannot be established: \(detail)\(cause). \(layer.advice)", fault: self)
    }
}

extension Layer {
    /// The narrowest remedy where the layer is missing.
    var advice: String {
        switch self {
        case .userNamespace:
            "Unprivileged user namespaces are off or restricted here: run buildbox as root, or allow them "
                + "(sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone, "
                + "kernel.apparmor_restrict_unprivileged_userns)."
        case .mountNamespace, .pidNamespace, .networkNamespace, .ipcNamespace, .utsNamespace, .cgroupNamespace:
            "The kernel, or the container that buildbox runs in, refuses it: give the container CAP_SYS_ADMIN "
                + "and an unmasked /proc, or run buildbox outside of it."
        case .cgroupMemory, .cgroupPids, .cgroupCPU, .cgroupCPUTime:
            "Run buildbox as root or in a delegated control group (systemd-run --user --scope -p Delegate=yes "
                + "buildbox ...), or accept a run without this limit: --allow-missing \(name)."
        case .landlock:
            "The kernel is older than Linux 5.19, or built or started without Landlock (lsm= on its command line): "
                + "accept a run without this second wall with --allow-missing landlock."
        case .lockIsolation:
            "What the host shows read-only goes through an overlay, so that locks on it stay inside; a file system "
                + "that overlayfs cannot stack on, a mount below a shown folder (for an ordinary user) or an overlay "
                + "in an overlay prevents it: show another path, or accept a run whose locks on shown files are the "
                + "host's with --allow-missing lock-isolation."
        case .maskedPaths:
            "The kernel, or the container that buildbox runs in, refuses mounts over /proc: run buildbox outside of it."
        case .capabilities, .noNewPrivileges, .seccomp, .resourceLimits:
            "The kernel refuses what every supported kernel (Linux 5.12 and later) grants: buildbox does not run "
                + "without it."
        }
    }
}
