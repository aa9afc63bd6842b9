import FoundationEssentials
import Logging
import SandboxProtocol
import SystemPackage

/// Makes the environments of one build. No code of any package runs here where there is a network.
struct Provisioner {
    let run: BuildRun
    let interpreter: Interpreter
    let index: IndexConfiguration

    var state: StateFolder { run.context.state }
    var request: BuildRequest { run.request }

    init(_ run: BuildRun, _ interpreter: Interpreter) async throws(BuildFailure) {
        self.run = run
        self.interpreter = interpreter
        index = try await run.context.index(for: interpreter, run.search)
    }

    /// The environment that holds just these requirements: from the store, or made now. It stays in the store for as
    /// long as the build holds its leases.
    func environment(
        _ requires: [Requirement]
    ) async throws(BuildFailure) -> (folder: FilePath, report: EnvironmentReport) {
        var lock = try await resolve(requires)
        if !isDirectory(state.environmentStore.path(try digest(lock))), try await !hold(lock.built) {
            lock = try await resolveAnew(requires)
        }
        let made = try await state.environmentStore.find(try digest(lock), waitingAtMost: Self.patience) {
            run.journal.note("waiting for another build, which makes the same build environment")
        } orMake: { draft throws(BuildFailure) in
            try await make(lock, in: draft)
            return EnvironmentRecord(interpreter, lock)
        }
        let folder: FilePath
        var isNew = true
        if let made {
            folder = made.found.folder
            isNew = made.isNew
            run.leases.keep(made.found.lease)
            if isNew { trimStore() }
        } else {
            run.journal.note("the other build takes too long: making a build environment for this build alone")
            folder = try run.makeFolder("environment-\(try digest(lock))")
            try await make(lock, in: folder)
        }
        let report = EnvironmentReport(
            python: interpreter.title, requires: requires.map(\.text), resolved: lock.packages,
            cache: isNew ? .miss : .hit)
        return (folder, report)
    }

    /// How long another build is waited for that makes what this one needs.
    static let patience = Duration.seconds(60)

    private func digest(_ lock: Lock) throws(BuildFailure) -> String {
        hexadecimalDigest([interpreter.digest, try lock.file.text, "layout 2"])
    }

    /// Keeps to the operator's limit. What cannot be removed now is for a later build, or `buildbox env gc`.
    private func trimStore() {
        do throws(BuildFailure) {
            let limits = try StoreLimits(environment: run.context.environment)
            let removed = try BuildStore(state).trim(to: limits)
            if !removed.isEmpty {
                run.logger.debug("store trimmed", metadata: ["removed": "\(removed.map(\.id))"])
            }
        } catch {
            run.journal.note("the store of environments was not trimmed: \(error.message)")
        }
    }
}

extension BuildRun {
    /// The environment that holds just these requirements.
    func provision(
        _ requires: [Requirement], _ interpreter: Interpreter
    ) async throws(BuildFailure) -> BuildEnvironment {
        try await journal.phase(.provision) { () throws(BuildFailure) in
            let (folder, report) = try await Provisioner(self, interpreter)
                .environment(requires)
            journal.set(environment: report)
            return .provisioned(folder, interpreter)
        }
    }
}
