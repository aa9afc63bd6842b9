import EgressProxy
import FoundationEssentials
import Sandbox
import SandboxProtocol
import SourceText
import Synchronization

/// What is known of a build while it runs, and the result document at its end.
final class BuildJournal: Sendable {
    private struct State {
        var phases: [PhaseReport] = []
        var resources = BuildResult.Resources()
        var layers = LayerSet(Layer.allCases)
        var missing: LayerSet = []
        var environment: EnvironmentReport?
        var connections: [ConnectionReport] = []
        var staging: Source.Staging?
    }

    private let state = Mutex(State())
    private let events: @Sendable (BuildEvent) -> Void
    private let began = ContinuousClock.now

    init(events: @escaping @Sendable (BuildEvent) -> Void) {
        self.events = events
    }

    func note(_ remark: String) { events(.note(ForeignText.message(remark))) }

    func log(_ stream: LogStream, _ bytes: [UInt8]) { events(.log(stream, bytes)) }

    /// Runs a phase and reports it, however it ends.
    func phase<Value>(
        _ phase: Phase, _ body: () async throws(BuildFailure) -> Value
    ) async throws(BuildFailure) -> Value {
        let startedAt = Date()
        let start = ContinuousClock.now
        events(.phaseStarted(phase))
        let result = await Result(catching: body)
        var outcome = PhaseReport.Outcome.succeeded
        if case .failure = result { outcome = .failed }
        let report = PhaseReport(
            name: phase, startedAt: startedAt, durationMs: milliseconds(since: start), outcome: outcome)
        state.withLock { $0.phases.append(report) }
        events(.phaseEnded(report))
        return try result.get()
    }

    /// Adds up what a contained command used. `projectCode`: it ran code of the project, so its
    /// layers are what the result tells.
    func account(_ outcome: SandboxOutcome, projectCode: Bool) {
        events(.launched(outcome.launch))
        state.withLock { state in
            state.resources.add(BuildResult.Resources(outcome))
            if projectCode { state.layers.formIntersection(outcome.layers) }
            state.missing.formUnion(outcome.missing)
        }
    }

    /// Adds what one contained command asked of the network.
    func account(_ report: EgressReport) {
        state.withLock { state in
            for connection in report.connections { state.connections.add(connection) }
        }
    }

    /// A journal of what is built for this build: its commands and resources count here, what it prints and makes does not.
    func journalOfRequirement(_ log: LogCollector) -> BuildJournal {
        BuildJournal { [weak self] event in
            switch event {
            case .launched: self?.events(event)
            case .log(let stream, let bytes): log.take(stream, bytes)
            case .note, .environment, .phaseStarted, .phaseEnded: break
            }
        }
    }

    /// Adds up what such a build used, once it has ended.
    func account(_ requirement: BuildJournal) {
        let other = requirement.state.withLock { $0 }
        state.withLock { state in
            state.resources.add(other.resources)
            state.layers.formIntersection(other.layers)
            state.missing.formUnion(other.missing)
            for connection in other.connections { state.connections.add(connection) }
        }
    }

    func set(environment: EnvironmentReport) {
        state.withLock { $0.environment = environment }
        events(.environment(environment))
    }

    func set(staging: Source.Staging) { state.withLock { $0.staging = staging } }

    func result(id: String, request: BuildRequest, artifacts: [Artifact], failure: BuildFailure?) -> BuildResult {
        let state = state.withLock { $0 }
        var resources = state.resources
        resources.wallMs = milliseconds(since: began)
        let reason = failure.map {
            BuildResult.Reason(
                code: $0.code.rawValue, message: $0.message,
                limit: $0.limit.map { BuildResult.Limit(name: $0.kind.rawValue, value: $0.limit) },
                observed: $0.limit?.observed)
        }
        return BuildResult(
            id: id, status: failure?.status ?? .succeeded, reason: reason,
            exitCode: (failure?.exitStatus ?? .built).rawValue, signal: failure?.signal, artifacts: artifacts,
            phases: state.phases, resources: resources, environment: state.environment,
            connections: state.connections.isEmpty ? nil : state.connections,
            sandbox: BuildResult.SandboxReport(
                profile: request.profile, layers: state.layers.layers.map(\.name),
                missing: state.missing.layers.map(\.name), staging: state.staging?.rawValue))
    }

    private func milliseconds(since start: ContinuousClock.Instant) -> UInt64 {
        UInt64(max(0, start.duration(to: .now) / .milliseconds(1)))
    }
}
