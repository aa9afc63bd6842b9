import Glibc
import Linux
import SandboxProtocol

/// Turns facts into findings. Pure: the same facts give the same findings on any host.
struct Diagnosis {
    let facts: HostFacts

    /// A cause and the narrowest remedy for it.
    struct Advice: Equatable {
        let cause: String
        let remedy: String
    }

    func findings() -> [Finding] {
        [kernel] + Primitive.allCases.map(finding) + cgroups + limits + [state, launcher, rehearsal]
    }

    private func finding(_ primitive: Primitive) -> Finding {
        let name = primitive.rawValue
        let ending = facts.trials[primitive] ?? .notTried
        if ending == .passed { return Finding(good: name, required: primitive.required, tried: ending.account) }
        if facts.rehearsal.proves(primitive) {
            return Finding(
                good: name, required: primitive.required,
                tried: "a contained command had it (this process alone does not: \(ending.account))")
        }
        let advice = advice(for: primitive, ending)
        return Finding(
            primitive.required ? .missing : .limited, name, required: primitive.required, tried: ending.account,
            cause: advice.cause, remedy: advice.remedy)
    }

    private func advice(for primitive: Primitive, _ ending: TrialEnding) -> Advice {
        if case .timedOut(let seconds) = ending {
            return Advice(
                cause: "the kernel did not answer within \(seconds) s",
                remedy: "look for a hung mount or a stuck process: dmesg | tail")
        }
        switch primitive {
        case .overlayfs, .idMappedMount: return stagingAdvice(primitive, ending)
        case .landlock: return landlockAdvice(ending)
        case .lockIsolation where ending != .notTried: return lockAdvice(ending)
        default: break
        }
        if ending == .notTried {
            return Advice(
                cause: "an ordinary user has it only inside a user namespace, which is missing",
                remedy: "see user-namespace")
        }
        switch primitive {
        case .userNamespace: return userNamespaceAdvice(ending)
        case .procfs: return procfsAdvice(ending)
        default: return kernelAdvice(primitive, ending)
        }
    }

    var kernel: Finding {
        let kernel = facts.kernel
        let tried = "Linux \(kernel) on \(facts.architecture)"
        if !kernel.isAtLeast(5, 12) {
            return Finding(
                .missing, "kernel", required: true, tried: tried,
                cause: "Linux \(kernel.major).\(kernel.minor) has no mount_setattr(2), which came with Linux 5.12",
                remedy: "start a newer kernel (on Debian 11: sudo apt install -t bullseye-backports linux-image-amd64)")
        }
        guard facts.architecture == "x86_64" || facts.architecture == "aarch64" else {
            return Finding(
                .limited, "kernel", required: false, tried: tried,
                cause: "buildbox is tried on x86_64 and aarch64 only", remedy: "run it on one of these")
        }
        if !kernel.isAtLeast(6, 1) {
            let less = kernel.isAtLeast(5, 14) ? "" : "no cgroup.kill (Linux 5.14), and "
            return Finding(
                .limited, "kernel", required: false, tried: tried,
                cause: "\(less)no pids.peak (Linux 6.1): results tell no peak of processes",
                remedy: "nothing is needed for containment; Linux 6.1 or later has it")
        }
        return Finding(good: "kernel", required: true, tried: tried)
    }
}
