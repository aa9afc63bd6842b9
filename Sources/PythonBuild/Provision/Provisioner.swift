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
        if !isDirectory(state.environmentStore.path(digest(lock))), try await !hold(lock.built) {
            lock = try await resolveAnew(requires)
        }
        let (found, isNew) = try await state.environmentStore.find(digest(lock)) { draft throws(BuildFailure) in
            try await make(lock, in: draft)
            return EnvironmentRecord(interpreter, lock)
        }
        run.leases.keep(found.lease)
        if isNew { trimStore() }
        let report = EnvironmentReport(
            python: interpreter.title, requires: requires.map(\.text), resolved: lock.packages,
            cache: isNew ? .miss : .hit)
        return (found.folder, report)
    }

    private func digest(_ lock: Lock) -> String { hexadecimalDigest([interpreter.digest, lock.text, "layout 1"]) }

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
