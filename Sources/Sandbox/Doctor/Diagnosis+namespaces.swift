import Glibc

extension Diagnosis {
    func userNamespaceAdvice(_ ending: TrialEnding) -> Advice {
        if facts.isRoot, !facts.hasSandboxIDs {
            return Advice(
                cause: "root here is root of a user namespace that lacks the ids which root's sandboxes run under",
                remedy: "run buildbox as an ordinary user instead, or as root outside of this user namespace")
        }
        if let exhausted = exhaustedAdvice("user.max_user_namespaces", ending) { return exhausted }
        if ending.errno == EINVAL, !facts.isRoot {
            return Advice(
                cause: "the kernel has no user namespaces (CONFIG_USER_NS)", remedy: "start a kernel that has them")
        }
        if !facts.isRoot, facts.settings["kernel.unprivileged_userns_clone"] == "0" {
            return Advice(
                cause: "kernel.unprivileged_userns_clone is 0: this kernel keeps user namespaces for root",
                remedy: "sudo sysctl -w kernel.unprivileged_userns_clone=1")
        }
        // In a container the filter comes first, and a profile of AppArmor has to be loaded on the host.
        if facts.surroundings == .host, !facts.isRoot,
            facts.settings["kernel.apparmor_restrict_unprivileged_userns", default: "0"] != "0"
        {
            return Advice(
                cause: "AppArmor restricts user namespaces of ordinary users to programs that have a profile for them "
                    + "(kernel.apparmor_restrict_unprivileged_userns is 1, as on Ubuntu 24.04)",
                remedy: appArmorRemedy)
        }
        return refusalAdvice(ending)
    }

    /// Allows user namespaces to the launcher alone; the sysctl would allow them to every program.
    private var appArmorRemedy: String {
        "printf 'abi <abi/4.0>,\\ninclude <tunables/global>\\nprofile buildbox-launcher \"\(facts.launcher)\" "
            + "flags=(unconfined) { userns, }\\n' | sudo tee /etc/apparmor.d/buildbox-launcher "
            + "&& sudo apparmor_parser -r /etc/apparmor.d/buildbox-launcher"
    }

    func exhaustedAdvice(_ setting: String, _ ending: TrialEnding) -> Advice? {
        guard ending.errno == ENOSPC || ending.errno == EUSERS else { return nil }
        guard let value = facts.settings[setting] else { return nil }
        let nested = ", or user namespaces are nested 32 deep"
        return Advice(
            cause: value == "0"
                ? "\(setting) is 0: nobody may have one"
                : "\(setting) (\(value)) is used up\(setting == "user.max_user_namespaces" ? nested : "")",
            remedy: "sudo sysctl -w \(setting)=\(value == "0" ? "15000" : "\((Int(value) ?? 15000) * 2)")"
                + (facts.surroundings.isContainer ? " (on the container's host, if it is read-only here)" : ""))
    }

    /// Why a namespace is refused, and a mount: what a host puts around a process.
    func refusalAdvice(_ ending: TrialEnding) -> Advice {
        switch facts.surroundings {
        case .docker, .podman, .kubernetes, .container:
            return containerAdvice
        case .service where facts.filtered:
            return Advice(
                cause: "systemd loaded a seccomp filter for the service \(facts.unit): "
                    + "RestrictNamespaces= or SystemCallFilter= refuses it",
                remedy: "sudo systemctl edit \(facts.unit), and there: [Service] RestrictNamespaces=no "
                    + "SystemCallFilter=")
        default:
            break
        }
        if facts.filtered {
            return Advice(
                cause: "a seccomp filter that this process inherited refuses it (Seccomp is 2 in /proc/self/status)",
                remedy: "start buildbox outside of the program that loaded the filter")
        }
        if facts.isRoot, !facts.hasSystemAdmin {
            return Advice(
                cause: "root has no CAP_SYS_ADMIN here",
                remedy: "start buildbox with it, or as an ordinary user: setpriv --reuid=1000 --regid=1000 "
                    + "--clear-groups buildbox ...")
        }
        if facts.enforcing {
            return Advice(
                cause: "nothing else that is known restricts it, and SELinux enforces",
                remedy: "see what it refused, sudo ausearch -m avc -ts recent, and allow that")
        }
        if !facts.confinement.isEmpty, !facts.confinement.hasPrefix("unconfined") {
            return Advice(
                cause: "AppArmor confines this process by the profile \(facts.confinement)",
                remedy: "start buildbox unconfined: aa-exec -p unconfined -- buildbox ...")
        }
        if ending.errno == ENOSYS || ending.errno == EINVAL || ending.errno == ENODEV {
            return Advice(
                cause: "this kernel (\(facts.kernel)) does not have it", remedy: "start a kernel that has it")
        }
        return Advice(
            cause: "the kernel refuses it, and nothing that is known to do so was found; a chroot(2) does too",
            remedy: "start buildbox outside of a chroot, or ask the kernel: sudo dmesg | tail")
    }

    private var containerAdvice: Advice {
        let wanted = facts.isRoot ? "CAP_SYS_ADMIN and no seccomp filter" : "no seccomp filter"
        let cause =
            "\(facts.surroundings.title) refuses it: "
            + (facts.filtered ? "its seccomp filter, " : "") + (facts.isRoot ? "the capabilities it lacks, " : "")
            + "or its security profile"
        switch facts.surroundings {
        case .docker:
            return Advice(
                cause: cause,
                remedy: "docker run \(facts.isRoot ? "--cap-add SYS_ADMIN --cap-add NET_ADMIN " : "")"
                    + "--security-opt seccomp=unconfined --security-opt apparmor=unconfined ...")
        case .podman:
            return Advice(
                cause: cause,
                remedy: "podman run \(facts.isRoot ? "--cap-add SYS_ADMIN,NET_ADMIN " : "")"
                    + "--security-opt seccomp=unconfined --security-opt label=disable ...")
        case .kubernetes:
            return Advice(
                cause: cause,
                remedy: "in the container's securityContext: seccompProfile: {type: Unconfined}, "
                    + "appArmorProfile: {type: Unconfined}"
                    + (facts.isRoot ? ", capabilities: {add: [SYS_ADMIN, NET_ADMIN]}" : ""))
        default:
            return Advice(cause: cause, remedy: "start the container with \(wanted)")
        }
    }
}
