import Glibc
import SandboxProtocol

@testable import Sandbox

/// The facts of hosts that are not at hand.
extension HostFacts {
    /// An ordinary user's Debian with everything in order.
    static var sound: HostFacts {
        let place = GroupFacts.Place(path: "/sys/fs/cgroup/user.slice/a.scope", readOnly: false, writable: true)
        let controllers: Set<String> = ["cpu", "memory", "pids"]
        return HostFacts(
            kernel: KernelRelease("6.12.9-amd64"), architecture: "x86_64", user: 1000, hasSandboxIDs: true,
            capabilities: 0, filtered: false, settings: ["user.max_user_namespaces": "60000"],
            confinement: "unconfined",
            enforcing: false, securityModules: ["lockdown", "capability", "landlock"], surroundings: .host, unit: "",
            mounts: MountPoint.parse("22 27 0:21 / /proc rw,nosuid - proc proc rw"),
            trials: Dictionary(uniqueKeysWithValues: Primitive.allCases.map { ($0, .passed) }),
            groups: GroupFacts(
                version: .unified, places: ["memory": place, "pids": place, "cpu": place], granted: controllers,
                offered: controllers, had: .cgroupLimits, faults: [:]),
            limits: [LimitFact(name: "nofile", hard: 1_048_576, wanted: 4096, setting: "LimitNOFILE")],
            state: FolderFacts(
                path: "/home/me/.cache/buildbox", found: "/home/me/.cache/buildbox", owner: 1000, mode: 0o700,
                writable: true, readOnlyMount: false, freeBytes: 10 << 30),
            launcher: "/opt/buildbox/buildbox-launcher", launcherState: .answers,
            rehearsal: .passed(LayerSet(Layer.allCases)))
    }

    /// The same host where user namespaces are refused, and so is everything inside of them.
    static func withoutUserNamespace(step: String = "unshare the user namespace", errno: Int32) -> HostFacts {
        var facts = sound
        facts.rehearsal = .refused("the sandbox layer 'user-namespace' cannot be established", without: nil)
        for primitive in Primitive.allCases where primitive.needsUserNamespace { facts.trials[primitive] = .notTried }
        facts.trials[.userNamespace] = .failed(step: step, errno: errno)
        return facts
    }

    mutating func refuse(_ primitive: Primitive, _ errno: Int32) {
        trials[primitive] = .failed(step: "try it", errno: errno)
        rehearsal = .refused("it cannot be established", without: nil)
    }

    /// The finding of that name.
    func finding(_ name: String) -> Finding? {
        Diagnosis(facts: self).findings().first { $0.name == name }
    }

    var fullStrength: Bool { Examination(self).fullStrength }
}
