import FoundationEssentials
import Logging
public import Sandbox
import SandboxProtocol
import SystemPackage

/// Builds Python projects as `python -m build` would, with everything that a project brings
/// contained. A value of it serves any number of builds at once.
public struct PythonBuild: Sendable {
    let state: StateFolder
    let toolchain: Toolchain
    public let sandbox: Sandbox
    /// Where profiles are looked up by name.
    let profiles: ProfileSearch
    /// The operator's environment: it says where PATH, index and certificates are. No build sees it.
    let environment: [String: String]
    /// Whether another build is expected when one has ended.
    let servesMany: Bool

    public init(
        state: StateFolder, toolchain: Toolchain, sandbox: Sandbox, profiles: ProfileSearch,
        environment: [String: String], servesMany: Bool = false
    ) {
        self.state = state
        self.toolchain = toolchain
        self.sandbox = sandbox
        self.profiles = profiles
        self.environment = environment
        self.servesMany = servesMany
    }

    /// Runs one build to its end. Cancelling the task ends it with the status `cancelled`, when
    /// nothing of it runs any more.
    ///
    /// - Parameters:
    ///   - request: What is built, and how.
    ///   - events: Called in order, from one thread at a time.
    /// - Returns: The result, whatever became of the build.
    public func run(_ request: BuildRequest, events: @escaping @Sendable (BuildEvent) -> Void) async -> BuildResult {
        let id = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        let journal = BuildJournal(events: events)
        var logger = Logger(label: "buildbox.build")
        logger[metadataKey: "build"] = "\(id)"
        let result = await RunClock(limit: request.runTime).during { [logger] in
            await Result { () async throws(BuildFailure) in
                try await prepared(request, id: id, journal, logger) { build throws(BuildFailure) in
                    try await build.run()
                }
            }
        }
        switch result {
        case .success(let artifacts):
            logger.debug("build succeeded", metadata: ["artifacts": "\(artifacts.count)"])
            return journal.result(id: id, request: request, artifacts: artifacts, failure: nil)
        case .failure(let failure):
            logger.debug("build ended", metadata: ["reason": "\(failure.code.rawValue)"])
            return journal.result(id: id, request: request, artifacts: [], failure: failure)
        }
    }

    /// Removes what dead runs left, as every build does before it starts: for a service, before its first job.
    ///
    /// - Returns: What was removed, and what could not be; its `summary` is for a log.
    /// - Throws: ``BuildFailure`` when the state folder cannot be used.
    public func sweep() throws(BuildFailure) -> Sweep {
        try state.prepare()
        return state.sweep()
    }

    /// Prepares what a build would run in, and hands the request of a shell there to `body`.
    ///
    /// - Returns: What `body` returns.
    /// - Throws: `BuildFailure` when the source cannot be read, or its environment not be made.
    public func shell<Value: Sendable>(
        _ request: BuildRequest, events: @escaping @Sendable (BuildEvent) -> Void,
        body: (SandboxRequest) async throws(SandboxError) -> Value
    ) async throws(BuildFailure) -> Value {
        let id = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        return try await prepared(request, id: id, BuildJournal(events: events), Logger(label: "buildbox.shell")) {
            build throws(BuildFailure) in try await build.shell(body)
        }
    }

    /// Does with a run what is wanted: its record is held and what dead runs left is cleared before, its folder goes after.
    private func prepared<Value>(
        _ request: BuildRequest, id: String, _ journal: BuildJournal, _ logger: Logger,
        _ body: (BuildRun) async throws(BuildFailure) -> Value
    ) async throws(BuildFailure) -> Value {
        try state.prepare()
        let record = try state.record()
        defer { withExtendedLifetime(record) {} }
        if let summary = state.sweep().summary { journal.note(summary) }
        let folder = try state.makeRunFolder(record)
        defer { state.remove(folder) }
        let leases = Leases()
        defer { leases.letGo() }
        return try await body(
            BuildRun(
                request: request, id: id, folder: folder, context: self, journal: journal, logger: logger,
                leases: leases))
    }

    /// A profile by name, or by the path of its file.
    func profile(_ name: String) throws(BuildFailure) -> SandboxProfile {
        do throws(SandboxError) {
            return try profiles.profile(name.contains("/") ? FilePath(name).absolute.string : name)
        } catch {
            throw BuildFailure(error)
        }
    }
}

extension Result where Failure == BuildFailure {
    init(catching body: () async throws(BuildFailure) -> Success) async {
        do throws(BuildFailure) {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
