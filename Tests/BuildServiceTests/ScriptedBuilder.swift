import BuildAPI
@testable import BuildService
import Foundation
import PythonBuild
import Sandbox
import Synchronization
import SystemPackage

/// Stands in for builds: each job waits until the test lets it go, unless it is told not to.
final class ScriptedBuilder: Builder {
    struct Step: Sendable {
        var prints: [String] = []
        var artifacts: [String: String] = [:]
        var status = BuildResult.Status.succeeded
    }

    private struct State {
        var ready: [String: Step] = [:]
        var started: [String] = []
        var orders: [String: BuildOrder] = [:]
        var running: Set<String> = []
        var mostRunning = 0
        var cancelled: [String] = []
        var obstacle: String?
        var sweeps = 0
    }

    private let state = Mutex(State())
    private let changed = Signal()
    private let automatic: Step?

    /// - Parameter automatic: What each build does at once; nil: builds wait for ``finish(_:_:)``.
    init(automatic: Step? = nil) {
        self.automatic = automatic
    }

    var started: [String] { state.withLock { $0.started } }
    var cancelled: [String] { state.withLock { $0.cancelled } }
    var mostRunning: Int { state.withLock { $0.mostRunning } }
    var sweeps: Int { state.withLock { $0.sweeps } }

    func order(_ job: String) -> BuildOrder? { state.withLock { $0.orders[job] } }

    func obstruct(_ reason: String?) { state.withLock { $0.obstacle = reason } }

    func check(_ document: BuildDocument) throws(ServiceFault) {
        if document.python == "9.9" { throw ServiceFault.invalid("/python", "there is no such interpreter") }
    }

    func sweep() async -> String? {
        state.withLock { $0.sweeps += 1 }
        return nil
    }

    func obstacle() async -> String? { state.withLock { $0.obstacle } }

    /// Lets a build end, now or when it is started.
    func finish(_ job: String, _ step: Step = Step()) {
        state.withLock { $0.ready[job] = step }
        changed.raise()
    }

    /// Returns once so many builds were started, in all.
    func waitForStarts(_ count: Int) async {
        while true {
            let generation = changed.generation
            if started.count >= count || Task.isCancelled { return }
            await changed.wait(past: generation)
        }
    }

    func build(_ order: BuildOrder, events: @escaping @Sendable (BuildEvent) -> Void) async -> BuildResult {
        state.withLock { state in
            state.started.append(order.job)
            state.orders[order.job] = order
            state.running.insert(order.job)
            state.mostRunning = max(state.mostRunning, state.running.count)
        }
        changed.raise()
        defer { state.withLock { _ = $0.running.remove(order.job) } }
        events(.phaseStarted(.build))
        guard let step = await step(for: order.job) else {
            state.withLock { $0.cancelled.append(order.job) }
            return Self.result(order, .cancelled)
        }
        for text in step.prints { events(.log(.stdout, Array(text.utf8))) }
        var result = Self.result(order, step.status)
        for (name, content) in step.artifacts.sorted(by: { $0.key < $1.key }) {
            let file = order.output.appending(name)
            precondition(FileManager.default.createFile(atPath: file.string, contents: Data(content.utf8)))
            result.artifacts.append(
                Artifact(
                    name: name, kind: .wheel, size: UInt64(content.utf8.count), sha256: sha256(Array(content.utf8)),
                    path: file.string))
        }
        events(
            .phaseEnded(PhaseReport(name: .build, startedAt: Date(), durationMs: 1, outcome: .succeeded)))
        return result
    }

    private func step(for job: String) async -> Step? {
        if let automatic { return automatic }
        while !Task.isCancelled {
            let generation = changed.generation
            if let step = state.withLock({ $0.ready[job] }) { return step }
            await changed.wait(past: generation)
        }
        return nil
    }

    private static func result(_ order: BuildOrder, _ status: BuildResult.Status) -> BuildResult {
        let codes: [BuildResult.Status: ExitStatus] = [
            .succeeded: .built, .failed: .buildFailed, .stopped: .stoppedAtLimit, .refused: .usage,
            .cancelled: .cancelled, .error: .internalFault,
        ]
        return BuildResult(
            id: order.job, status: status, exitCode: (codes[status] ?? .internalFault).rawValue,
            sandbox: BuildResult.SandboxReport(profile: "build", layers: [], missing: [], staging: nil))
    }
}
