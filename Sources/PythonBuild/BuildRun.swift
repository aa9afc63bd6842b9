import EgressProxy
import Linux
import Logging
import Sandbox
import SandboxProtocol
import SystemPackage

/// One build on its way: inspect, provision, build, verify, collect.
struct BuildRun {
    let request: BuildRequest
    let id: String
    /// A folder of the host for this build alone, removed at its end.
    let folder: FilePath
    let context: PythonBuild
    let journal: BuildJournal
    let logger: Logger
    let profiles: PhaseProfiles
    /// As it was given: what kind of archive it is comes out when it is inspected.
    let given: Source
    let destination: OutputDestination
    /// For whom it is built.
    let lineage: Lineage
    /// What it and those it is built for have taken into use.
    let leases: Leases

    init(
        request: BuildRequest, id: String, folder: FilePath, context: PythonBuild, journal: BuildJournal,
        logger: Logger,
        lineage: Lineage = Lineage(), leases: Leases
    ) throws(BuildFailure) {
        self.request = request
        self.id = id
        self.folder = folder
        self.context = context
        self.journal = journal
        self.logger = logger
        self.lineage = lineage
        self.leases = leases
        try RequestCheck.check(request)
        profiles = try PhaseProfiles(project: request.profile) { name throws(BuildFailure) in
            try context.profile(name)
        }
        given = try Source(request)
        destination = OutputDestination(request, source: given)
        try destination.check()
    }

    func run() async throws(BuildFailure) -> [Artifact] {
        if let remark = given.gitRemark { journal.note(remark) }
        let interpreter = try await findInterpreter()
        let (source, declaration) = try await inspect(given)
        let outputs =
            request.isolation
            ? try await buildIsolated(source, declaration.requires, interpreter)
            : try await buildWithoutIsolation(source, interpreter)
        let collection = Collection(
            quarantine: try makeFolder("artifacts"), largestBytes: limits(under: profiles.project).diskBytes)
        let items = try await journal.phase(.collect) { () throws(BuildFailure) in
            var items: [Collection.Item] = []
            for output in outputs { items += try collection.take(output.kinds, from: output.folder) }
            return items
        }
        try await journal.phase(.verify) { () throws(BuildFailure) in
            try await verify(items, of: declaration, in: collection.quarantine)
        }
        return try Delivery(destination: destination, record: try context.state.record()).deliver(items)
    }

    func makeFolder(_ name: String) throws(BuildFailure) -> FilePath {
        let path = folder.appending(name)
        try context.state.make(path, mode: 0o755)
        return path
    }

    func findInterpreter() async throws(BuildFailure) -> Interpreter { try await search.find(request.python) }

    var search: InterpreterSearch {
        InterpreterSearch(
            state: context.state, environment: context.environment,
            forbidden: given.kind == .folder ? [given.root] : [])
    }

    /// What a command under a profile may use.
    func limits(under profile: SandboxProfile) -> SandboxLimits {
        SandboxLimits().setting(profile.limits).setting(request.limits)
    }

    /// What a command may use that makes something which other builds use as well: processors, memory and processes as
    /// the operator's profile has them, or more where the caller asked for more; time, disk and log of this caller.
    func sharedLimits(under profile: SandboxProfile) -> SandboxLimits {
        var shared = SandboxLimits().setting(profile.limits)
        let own = limits(under: profile)
        shared.memoryBytes = max(shared.memoryBytes, own.memoryBytes)
        shared.pids = max(shared.pids, own.pids)
        (shared.time, shared.diskBytes) = (own.time, own.diskBytes)
        (shared.logBytes, shared.logOverflow) = (own.logBytes, own.logOverflow)
        return shared
    }

    /// Runs a contained command whose own output nobody needs unless it fails. `egress` is its only
    /// way out.
    func contained(
        _ arguments: [String], under profile: SandboxProfile, mounts: [MountStep], environment: [String: String] = [:],
        egress: EgressProxy? = nil, role: JobRole = .job, projectCode: Bool = false, output: String? = nil,
        limits: SandboxLimits? = nil, hasSuccessor: Bool = true, log: @escaping @Sendable (LogStream, [UInt8]) -> Void
    ) async throws(BuildFailure) -> SandboxOutcome {
        var listener: (@Sendable (consuming OwnedDescriptor) -> Void)?
        if let egress {
            listener = { (socket: consuming OwnedDescriptor) in egress.serve(socket.release()) }
        }
        let sandboxRequest = SandboxRequest(
            arguments: arguments,
            environment: ["HOME": HostView.home, "LANG": "C.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin"]
                .merging(environment) { $1 },
            workingDirectory: "/", network: egress == nil ? .none : .proxy(port: IndexAccess.port),
            listener: listener, mounts: mounts,
            limits: limits ?? self.limits(under: profile),
            profile: profile, role: role, allowMissing: request.allowMissing, outputPath: output, wantsReport: true,
            hasSuccessor: hasSuccessor)
        return try await run(sandboxRequest, projectCode: projectCode, log: log)
    }

    func run(
        _ sandboxRequest: SandboxRequest, projectCode: Bool, log: @escaping @Sendable (LogStream, [UInt8]) -> Void
    ) async throws(BuildFailure) -> SandboxOutcome {
        do throws(SandboxError) {
            let outcome = try await context.sandbox.run(sandboxRequest, log: log)
            journal.account(outcome, projectCode: projectCode)
            let latencies = outcome.timings.map { "\($0.step.name) \($0.nanoseconds / 1000)" }
            logger.debug(
                "contained command ended",
                metadata: ["verdict": "\(outcome.verdict)", "launch_us": "\(latencies.joined(separator: ", "))"])
            return outcome
        } catch {
            throw BuildFailure(sandbox: error)
        }
    }

    /// Turns every end but an exit into the build's failure.
    func exitCode(_ outcome: SandboxOutcome, doing what: String) throws(BuildFailure) -> Int32 {
        switch outcome.verdict {
        case .exited(let code): return code
        case .cancelled: throw BuildFailure(.cancelled, "cancelled while \(what)")
        case .signalled(let signal):
            throw BuildFailure(.buildFailed, "\(what) ended by signal \(signal)", signal: signal)
        case .stopped(let hit): throw BuildFailure(.limit, hit.message(doing: what), limit: hit)
        }
    }
}
