import Dispatch
import Linux
public import SandboxProtocol
public import SystemPackage

/// Runs one command at a time, contained, and says truthfully how it ended. Knows nothing of
/// Python. A value of it can be used from many tasks at once.
public struct Sandbox: Sendable {
    let launcher: FilePath
    let filters: FilterCache
    let cgroups: HostCgroups
    private let identities = HostIDPool()
    let ledger: RunLedger

    /// - Parameters:
    ///   - launcher: The `buildbox-launcher` executable.
    ///   - cache: A folder for compiled seccomp filters; made when it is missing.
    ///   - ledger: Where it is written down what runs make, so that what a killed one leaves is found.
    /// - Throws: ``SandboxError`` when the launcher is not there.
    public init(launcher: FilePath, cache: FilePath, ledger: RunLedger) throws(SandboxError) {
        guard isExecutable(launcher) else {
            throw SandboxError(
                .setUp,
                "the launcher \(launcher) is missing or cannot be executed: build it with "
                    + "`swift build --product buildbox-launcher`")
        }
        self.launcher = launcher
        self.ledger = ledger
        filters = FilterCache(folder: cache, ledger: ledger)
        cgroups = HostCgroups.discover()
    }

    /// Runs a command to its end. Cancelling the task kills the command's whole tree first and
    /// then reports ``Verdict/cancelled``.
    ///
    /// - Parameters:
    ///   - request: The command, what it sees and what it may use.
    ///   - log: Called in order with what the command prints, as it prints it, up to the log limit.
    /// - Returns: How the command ended, what it used, and what it left.
    /// - Throws: ``SandboxError`` when the sandbox cannot be established or its verdict is lost.
    ///   A command that fails or is stopped is no error: see ``SandboxOutcome/verdict``.
    public func run(
        _ request: SandboxRequest, log: @escaping @Sendable (LogStream, [UInt8]) -> Void
    ) async throws(SandboxError) -> SandboxOutcome {
        let cancellation = try CancelSignal()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // A thread of its own: the loop waits in poll(2) as long as the command runs.
                DispatchQueue(label: "buildbox.sandbox").async {
                    continuation.resume(
                        returning: Result { () throws(SandboxError) in
                            try self.supervise(request, cancellation: cancellation, log: log)
                        })
                }
            }
        } onCancel: {
            cancellation.cancel()
        }
        return try result.get()
    }

    private func supervise(
        _ request: SandboxRequest, cancellation: CancelSignal, log: (LogStream, [UInt8]) -> Void
    ) throws(SandboxError) -> SandboxOutcome {
        let record = try ledger.hold()
        defer { withExtendedLifetime(record) {} }
        let claim = try identities.claim(request.role)
        let order = try makeOrder(request, identity: claim.identity)
        for path in order.cgroup.paths { try record.note(.controlGroup(path)) }
        let process = try LauncherProcess(launcher: launcher, report: request.wantsReport, terminal: request.terminal)
        defer { cgroups.sweep(order.cgroup) }
        try process.send(order)
        var supervision = Supervision(process: process, request: request, cancellation: cancellation)
        try supervision.untilEnd(log: log)
        // The id is given up only now that every process is dead.
        return try withExtendedLifetime(claim) { () throws(SandboxError) in try supervision.outcome(order: order) }
    }

    /// The launch order of a request: what `run` sends, and what the launcher's bench sends.
    public func makeOrder(_ request: SandboxRequest) throws(SandboxError) -> LaunchOrder {
        try makeOrder(request, identity: identities.claim(request.role).identity)
    }

    private func makeOrder(_ request: SandboxRequest, identity: Identity) throws(SandboxError) -> LaunchOrder {
        let cgroup = try cgroups.plan(
            name: "buildbox-\(try ledger.hold().newName())",
            optional: request.allowMissing.union(request.profile.whereAvailable))
        return LaunchOrder(
            arguments: request.arguments,
            environment: request.environment.map { "\($0.key)=\($0.value)" }.sorted(),
            workingDirectory: request.workingDirectory,
            identity: identity,
            hostName: "buildbox",
            network: request.network,
            mounts: HostView(request, identity: identity).mounts + request.mounts,
            limits: request.limits.launchLimits,
            cgroup: cgroup.plan,
            filter: try filters.program(for: request.profile),
            deniesTCP: request.profile.landlock.tcp == .deny,
            optionalLayers: request.allowMissing.union(request.profile.whereAvailable),
            output: request.outputPath,
            reportDescriptor: request.wantsReport ? LauncherProcess.reportNumber : -1,
            terminal: request.terminal != nil)
    }
}
