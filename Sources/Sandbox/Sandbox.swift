import Dispatch
import Linux
public import SandboxProtocol
import Synchronization
public import SystemPackage

/// Runs one command at a time, contained, and says truthfully how it ended. Knows nothing of
/// Python. A value of it can be used from many tasks at once.
public struct Sandbox: Sendable {
    let launcher: FilePath
    let filters: FilterCache
    let cgroups: HostCgroups
    private let loadedFilters = LoadedFilters()
    private let identities = HostIDPool()
    let ledger: RunLedger
    let reserve: LauncherReserve?

    /// - Parameters:
    ///   - launcher: The `buildbox-launcher` executable.
    ///   - cache: A folder for compiled seccomp filters; made when it is missing.
    ///   - ledger: Where it is written down what runs make, so that what a killed one leaves is found.
    ///   - keepsReady: Whether a launcher is made ready for the next command while one runs: for callers that run
    ///     several of a kind. It is gone when the last copy of this value is, or the process exits.
    /// - Throws: ``SandboxError`` when the launcher is not there.
    public init(
        launcher: FilePath, cache: FilePath, ledger: RunLedger, keepsReady: Bool = false
    ) throws(SandboxError) {
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
        reserve =
            keepsReady
            ? LauncherReserve(launcher: launcher, identities: identities, ledger: ledger) : nil
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
        // A launcher that is ready has its order while the thread below wakes up.
        let early = Mutex(try handOver(request, waiting: false))
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // A thread of its own: the loop waits in poll(2) as long as the command runs.
                DispatchQueue(label: "buildbox.sandbox").async {
                    continuation.resume(
                        returning: Result { () throws(SandboxError) in
                            let early = early.withLock { $0.take() }
                            return try self.supervise(early, request, cancellation: cancellation, log: log)
                        })
                }
            }
        } onCancel: {
            cancellation.cancel()
        }
        return try result.get()
    }

    /// A ready launcher that was given its order.
    private struct Handover {
        let ready: ReadyLauncher
        let order: LaunchOrder
        /// False where the launcher was found dead.
        let wasSent: Bool
    }

    /// Gives a ready launcher the order of a request; nil where none is ready that fits, and none is waited for.
    private func handOver(_ request: SandboxRequest, waiting: Bool) throws(SandboxError) -> Handover? {
        // A terminal is handed over when the launcher starts, and a ready launcher's command is some job's.
        guard let reserve, request.terminal == nil, request.role == .job else { return nil }
        // Compiling a filter is nothing for the caller's thread.
        guard waiting || loadedFilters.has(request.profile) else { return nil }
        let taken = try reserve.take(waiting: waiting) { identity throws(SandboxError) in
            try makeOrder(request, identity: identity)
        }
        guard let (ready, order) = taken else { return nil }
        let sent = Result { () throws(SandboxError) in
            try ready.process.send(.order(order.beyond(ready.preparation)))
        }
        let wasSent = if case .success = sent { true } else { false }
        return Handover(ready: ready, order: order, wasSent: wasSent)
    }

    private func supervise(
        _ early: Handover?, _ request: SandboxRequest, cancellation: CancelSignal,
        log: (LogStream, [UInt8]) -> Void
    ) throws(SandboxError) -> SandboxOutcome {
        let record = try ledger.hold()
        defer { withExtendedLifetime(record) {} }
        if let handover = if let early { early } else { try handOver(request, waiting: true) } {
            // Its id is given up only when every process is dead.
            defer { withExtendedLifetime(handover.ready) { handover.ready.process.end() } }
            var supervision = supervision(
                of: handover.ready.process, request, handover.order, handover.ready.claim, cancellation)
            if handover.wasSent { try supervision.untilEnd(log: log) }
            // One that died before it took its order ran nothing of it: another one is started.
            if supervision.hasBegun { return try supervision.outcome(order: handover.order) }
        }
        // The id is given up only when every process is dead.
        let claim = try identities.claim(request.role)
        defer { withExtendedLifetime(claim) {} }
        let order = try makeOrder(request, identity: claim.identity)
        let process = try LauncherProcess(
            launcher: launcher, report: request.wantsReport, terminal: request.terminal,
            remains: LauncherRemains(order.cgroup, record: record))
        defer { process.end() }
        try process.send(.order(order))
        var supervision = supervision(of: process, request, order, claim, cancellation)
        try supervision.untilEnd(log: log)
        return try supervision.outcome(order: order)
    }

    private func supervision(
        of process: LauncherProcess, _ request: SandboxRequest, _ order: LaunchOrder, _ claim: HostIDPool.Claim,
        _ cancellation: CancelSignal
    ) -> Supervision {
        Supervision(process: process, request: request, claim: claim, cancellation: cancellation) {
            guard request.hasSuccessor else { return }
            reserve?.refill(like: order, mounts: order.mounts.count - request.mounts.count)
        }
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
            filter: try loadedFilters.program(for: request.profile, from: filters),
            secondFilter: request.writesToHost ? try loadedFilters.hostWrites() : [],
            deniesTCP: request.profile.landlock.tcp == .deny,
            optionalLayers: request.allowMissing.union(request.profile.whereAvailable),
            output: request.outputPath,
            reportDescriptor: request.wantsReport ? LauncherProcess.reportNumber : -1,
            terminal: request.terminal != nil)
    }
}
