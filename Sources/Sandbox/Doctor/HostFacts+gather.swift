import CLinux
import Glibc
import Linux
import SandboxProtocol
import SystemPackage

extension HostFacts {
    /// Looks at this host and tries its primitives. Takes no longer than the time limits of the trials together.
    static func gather(launcher: FilePath, state: FilePath, profile: FilePath) async -> HostFacts {
        let identity = HostIDPool.ofTrials
        // Before anything starts a thread: each trial is a fork.
        let trials = PrimitiveTrials(identity: identity).run()
        let launcherState = LauncherState.ask(launcher)
        let folder = FolderFacts.of(state)
        let rehearsal = await Rehearsal.run(
            launcher: launcher, answers: launcherState == .answers, state: state, profile: profile)
        var names = utsname()
        uname(&names)
        let status = textOfFile("/proc/self/status") ?? ""
        let mounts = MountPoint.parse(textOfFile("/proc/self/mountinfo") ?? "")
        let places = textOfFile("/proc/self/cgroup") ?? ""
        return HostFacts(
            kernel: KernelRelease(text(of: names.release)), architecture: text(of: names.machine), user: geteuid(),
            hasSandboxIDs: !identity.privileged || isMapped(identity.hostUser),
            capabilities: field("CapEff", of: status).flatMap { UInt64($0, radix: 16) } ?? 0,
            filtered: field("Seccomp", of: status) == "2", settings: readSettings(),
            confinement: line("/proc/self/attr/current"), enforcing: line("/sys/fs/selinux/enforce") == "1",
            securityModules: textOfFile("/sys/kernel/security/lsm").map { $0.split(separator: ",").map(trimmed) },
            surroundings: surroundings(places, mounts), unit: unit(of: places),
            mounts: mounts, trials: trials,
            groups: GroupFacts.gather(), limits: LimitFact.all(), state: folder, launcher: launcher.string,
            launcherState: launcherState, rehearsal: rehearsal)
    }

    /// The last unit of a control group's path.
    static func unit(of places: String) -> String {
        places.split(whereSeparator: { $0 == "/" || $0 == "\n" }).last { $0.hasSuffix(".service") }.map(String.init)
            ?? ""
    }

    private static let settingNames = [
        "user.max_user_namespaces", "user.max_mnt_namespaces", "user.max_pid_namespaces", "user.max_net_namespaces",
        "user.max_ipc_namespaces", "user.max_uts_namespaces", "user.max_cgroup_namespaces",
        "kernel.unprivileged_userns_clone", "kernel.apparmor_restrict_unprivileged_userns",
    ]

    private static func readSettings() -> [String: String] {
        settingNames.reduce(into: [:]) { settings, name in
            let path = "/proc/sys/" + name.replacing(".", with: "/")
            if let value = textOfFile(path) { settings[name] = trimmed(value[...]) }
        }
    }

    private static func surroundings(_ places: String, _ mounts: [MountPoint]) -> Surroundings {
        let variables: [String] = ["KUBERNETES_SERVICE_HOST", "INVOCATION_ID"].filter { getenv($0) != nil }
        let files: [String] = ["/.dockerenv", "/run/.containerenv"].filter { access($0, F_OK) == 0 }
        // PROC_PID_INIT_INO of the kernel's include/linux/proc_ns.h.
        let initial = FileFacts.ifAny(of: "/proc/self/ns/pid")?.inode == 0xEFFF_FFFC
        return Surroundings.guess(
            apart: !initial || mounts.contains { $0.path == "/" && $0.type == "overlay" },
            files: Set(files),
            variables: Set(variables), manager: line("/run/systemd/container"),
            groups: places + (textOfFile("/proc/1/cgroup") ?? ""))
    }

    /// Whether this user namespace has the id (user_namespaces(7)).
    private static func isMapped(_ id: UInt32) -> Bool {
        (textOfFile("/proc/self/uid_map") ?? "").split(separator: "\n").contains { line in
            let numbers = line.split(separator: " ").compactMap { UInt64($0) }
            return numbers.count == 3 && numbers[0] <= UInt64(id) && UInt64(id) < numbers[0] + numbers[2]
        }
    }

    private static func line(_ path: String) -> String {
        textOfFile(path).map { trimmed($0[...]) } ?? ""
    }

    private static func field(_ name: String, of status: String) -> String? {
        status.split(separator: "\n").first { $0.hasPrefix(name + ":") }.map { trimmed($0.dropFirst(name.count + 1)) }
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.filter { $0 != "\n" && $0 != "\t" && $0 != "\0" })
    }

    private static func text<Characters>(of field: Characters) -> String {
        withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
