import SandboxProtocol

/// Valid values in which no two neighbouring fields are alike.
enum Samples {
    static let order = LaunchOrder(
        arguments: ["/usr/bin/python3", "-m", "build"], environment: ["PATH=/usr/bin", "LANG=C.UTF-8"],
        workingDirectory: "/src", identity: identity, hostName: "buildbox", network: .none, mounts: mounts,
        limits: limits, cgroup: cgroup, filter: Array(1...16), secondFilter: Array(1...8), deniesTCP: true,
        optionalLayers: .cgroupLimits,
        output: "/out",
        reportDescriptor: 4, terminal: true)

    static let identity = Identity(
        insideUser: 1000, insideGroup: 1001, hostUser: 70_000, hostGroup: 70_001, privileged: true)

    static let mounts: [MountStep] = [
        .directory(at: "/etc", mode: 0o755),
        .file(at: "/etc/hosts", contents: [0, 1, 255]),
        .symbolicLink(at: "/bin", target: "usr/bin"),
        .bind(source: "/usr", at: "/usr", access: .readOnly),
        .bind(source: "/home/ä", at: "/src", access: .readOnlyAsOwner),
        .bind(source: "/cache", at: "/cache", access: .writable),
        .bind(source: "/store", at: "/store", access: .writableAsOwner),
        .device("/dev/null"),
        .scratch(at: "/tmp", mode: 0o1777),
        .overlay(source: "/project", at: "/src", access: .readOnlyAsOwner),
        .processes(at: "/proc"),
        .mask("/proc/kcore"),
        .readOnly("/proc/sys"),
    ]

    static let limits = LaunchLimits(
        memoryBytes: 1 << 30, scratchBytes: 2 << 30, scratchInodes: 3, pids: 4, cpuMillis: 5,
        cpuTimeMilliseconds: 9, wallMilliseconds: 6, openFiles: 7, fileBytes: (1 << 62) - 1)

    static let cgroup = CgroupPlan(
        unified: false,
        parents: [
            CgroupPlan.Parent(path: "/sys/fs/cgroup/memory", limits: [.init(.cgroupMemory)]),
            CgroupPlan.Parent(path: "/sys/fs/cgroup/pids", limits: [.init(.cgroupPids)]),
        ], name: "buildbox-1")

    static let usage = RunUsage(
        wallNanoseconds: 1, cpuMicroseconds: 2, memoryPeakBytes: 3, pidsPeak: 4, scratchPeakBytes: 5,
        scratchPeakInodes: .max, writtenBytes: 7)

    static let records: [StatusRecord] = [
        .timings([]),
        .timings(LaunchStep.allCases.map { StepTiming(step: $0, nanoseconds: UInt64($0.rawValue) << 40) }),
        .missing(layer: .cgroupCPU, errno: 2, detail: "no cpu controller"),
        .failed(LaunchFault(step: .mounts, layer: nil, errno: 13, detail: "bind /usr")),
        .failed(LaunchFault(step: .clone, layer: .userNamespace, errno: -1, detail: "")),
        .output,
        .listener,
        .started(initPid: 4_194_303),
        .exited(CommandEnd(code: 255, signal: 0, writtenBytes: .max)),
        .exited(CommandEnd(code: 0, signal: 64)),
        .ended(RunEnd(stop: nil, observed: 0, usage: RunUsage())),
        .ended(RunEnd(stop: .memory, observed: .max, usage: usage)),
    ]

    /// What crosses for a value, behind the frame's header.
    static func body(_ value: some WireValue) -> [UInt8] {
        Array(Frame.encode(value).dropFirst(Frame.headerSize))
    }
}
