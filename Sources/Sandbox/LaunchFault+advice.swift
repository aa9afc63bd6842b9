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
        case .capabilities, .noNewPrivileges, .seccomp, .resourceLimits, .landlock, .maskedPaths:
            "The kernel refuses what every supported kernel (Linux 5.12 and later) grants: buildbox does not run "
                + "without it."
        }
    }
}
