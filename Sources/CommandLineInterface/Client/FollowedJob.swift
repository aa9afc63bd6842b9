import BuildAPI
import BuildClient
import Foundation
import PythonBuild
import Sandbox
import SystemPackage

/// A job that somebody waits for: shown as a build of `buildbox run` would be, with its artifacts fetched at the end.
struct FollowedJob {
    let id: String
    let client: BuildClient
    let renderer: RunRenderer
    let destination: OutputDestination

    /// Follows the job, and prints what `buildbox run` prints.
    ///
    /// - Returns: The exit code.
    func toItsEnd(
        output: OutputOptions, cancelOnInterrupt: Bool, _ interrupt: InterruptHandler
    ) async throws(ClientError) -> Int32 {
        let task = Task { await outcome { () async throws(ClientError) in try await follow() } }
        interrupt.replaceAction {
            guard cancelOnInterrupt else { return task.cancel() }
            Task { await cancel() }
        }
        let result = await task.value
        if case .failure(let error) = result, error.code == .cancelled, interrupt.signal != nil {
            throw ClientError(
                .cancelled,
                "interrupted; the job goes on: `buildbox logs -f \(id)` follows it, `buildbox cancel \(id)` cancels it")
        }
        var build = try await delivered(try result.get())
        if build.status == .cancelled, interrupt.signal == SIGINT {
            build.exitCode = ExitStatus.interrupted.rawValue
        }
        return try report(build, output)
    }

    /// Tells of a build that ended.
    func report(_ build: BuildResult, _ output: OutputOptions) throws(ClientError) -> Int32 {
        renderer.finish(build)
        let paths = build.artifacts.compactMap(\.path).map { $0 + "\n" }.joined()
        do {
            writeFully(Array((output.json ? try build.document() : paths).utf8), to: STDOUT_FILENO)
        } catch {
            throw ClientError(.unexpected, "the result cannot be written as JSON: \(error)")
        }
        if let file = output.resultFile, let fault = ResultFile(path: absolute(file)).write(build) {
            throw ClientError(.output, fault)
        }
        return build.exitCode
    }

    /// The result of a job that ended, with its artifacts fetched and their paths in it.
    func delivered(_ job: JobDocument) async throws(ClientError) -> BuildResult {
        guard var result = job.result else {
            guard job.state.isEnd else {
                throw ClientError(
                    .unreadable, "the job \(id) is \(job.state.rawValue): `buildbox logs -f \(id)` follows it")
            }
            throw ClientError(.unexpected, "the job \(id) ended as \(job.state.rawValue), and the server has no result")
        }
        for index in result.artifacts.indices {
            let artifact = result.artifacts[index]
            let progress = TransferProgress("fetching \(artifact.name)", of: artifact.size, renderer)
            defer { progress.end() }
            let path = try await client.fetch(artifact, of: id, into: destination) { progress.show($0) }
            result.artifacts[index].path = path.string
        }
        return result
    }

    private func cancel() async {
        do throws(ClientError) {
            _ = try await client.cancel(id)
            renderer.show(.note("asked the server to cancel the job \(id)"))
        } catch {
            renderer.complain("the job \(id) goes on: \(error.message)")
        }
    }

    private func follow() async throws(ClientError) -> JobDocument {
        try await client.follow(id) { (event) throws(ClientError) in show(event.event) }
        return try await client.job(id)
    }

    private func show(_ event: EventDocument) {
        switch event {
        case .log(let log): renderer.show(.log(LogStream(log.stream), Array(log.text.utf8)))
        case .phase(let phase) where phase.status == .started: renderer.show(.phaseStarted(phase.name))
        case .phase(let phase):
            renderer.show(
                .phaseEnded(
                    PhaseReport(
                        name: phase.name, startedAt: Date(), durationMs: phase.durationMs ?? 0,
                        outcome: phase.status == .succeeded ? .succeeded : .failed)))
        case .state(let state) where state.attempt > 1 && state.state == .running:
            renderer.show(.note("the server was interrupted; attempt \(state.attempt) begins"))
        case .state(let state) where state.state == .awaitingApproval:
            renderer.show(.note("the server's policy wants somebody to approve this build: `buildbox approve \(id)`"))
        case .note(let note): renderer.show(.note(note.text))
        case .state, .end: break
        }
    }
}

extension LogStream {
    init(_ stream: EventDocument.LogEvent.Stream) {
        self = stream == .stdout ? .stdout : .stderr
    }
}
