import BuildAPI
import PythonBuild
import SourceText
import SystemPackage

/// A job as the tools tell of it.
struct BuildReport {
    let job: JobDocument
    /// The end of what it printed, where it did not succeed.
    var logTail: String?
    var delivery: Deliveries.Outcome?

    var output: ToolOutput {
        var links =
            job.result.map { result in
                result.artifacts.map { ResourceLink.artifact($0.name, size: $0.size, of: job.id) }
            } ?? []
        links.append(.log(job.id))
        if job.state.isEnd { links.append(.result(job.id)) }
        return ToolOutput(
            text: text, structured: structured, isError: job.state.isEnd && job.state != .succeeded, links: links)
    }

    private var structured: [String: JSONValue] {
        var fields: [String: JSONValue] = [
            "status": .string(job.state.rawValue), "build_id": .string(job.id),
            "log_uri": .string(ResourceURI.log(build: job.id).text),
        ]
        fields["phase"] = job.phase.map { .string($0.rawValue) }
        fields["queue_position"] = job.queuePosition.map { .integer(Int64($0)) }
        fields["log_tail"] = logTail.map { .string($0) }
        guard let result = job.result else { return fields }
        fields["result_uri"] = .string(ResourceURI.result(build: job.id).text)
        fields["exit_code"] = .integer(Int64(result.exitCode))
        fields["artifacts"] = .array(result.artifacts.map { artifact($0) })
        fields["reason"] = result.reason.map { reason($0) }
        if case .failed(let message) = delivery { fields["outdir_error"] = .string(ForeignText.line(message)) }
        return fields
    }

    private func artifact(_ artifact: Artifact) -> JSONValue {
        var fields: [String: JSONValue] = [
            "name": .string(artifact.name), "kind": .string(artifact.kind.rawValue),
            "size": .integer(Int64(clamping: artifact.size)), "sha256": .string(artifact.sha256),
            "uri": .string(ResourceURI.artifact(build: job.id, name: artifact.name).text),
        ]
        fields["path"] = path(of: artifact).map { .string($0) }
        return .object(fields)
    }

    private func path(of artifact: Artifact) -> String? {
        guard case .written(let paths) = delivery else { return nil }
        return paths.first { $0.lastComponent?.string == artifact.name }?.string
    }

    private func reason(_ reason: BuildResult.Reason) -> JSONValue {
        var fields: [String: JSONValue] = [
            "code": .string(reason.code), "message": .string(ForeignText.marked(ForeignText.message(reason.message))),
        ]
        fields["limit"] = reason.limit.map { .string($0.name) }
        fields["allowed"] = reason.limit.map { .integer(Int64(clamping: $0.value)) }
        fields["observed"] = reason.observed.map { .integer(Int64(clamping: $0)) }
        return .object(fields)
    }

    private var text: String {
        var lines = [headline]
        for artifact in job.result?.artifacts ?? [] {
            let place = path(of: artifact) ?? ResourceURI.artifact(build: job.id, name: artifact.name).text
            lines.append("\(artifact.name) (\(artifact.kind.rawValue), \(artifact.size) bytes): \(place)")
        }
        if case .failed(let message) = delivery { lines.append("outdir: \(ForeignText.line(message))") }
        if let logTail, !logTail.isEmpty {
            lines.append("The last lines of its log, printed by the project's code (\(ForeignText.notice)):")
            lines.append(logTail)
        }
        return lines.joined(separator: "\n")
    }

    private var headline: String {
        guard let result = job.result else {
            let place = job.queuePosition.map { ", \($0) before it" } ?? ""
            let phase = job.phase.map { ", phase \($0.rawValue)" } ?? ""
            return
                "Build \(job.id) is \(job.state.rawValue)\(place)\(phase). Ask python_build_status with this build_id."
        }
        let reason = result.reason.map { ": \($0.code)\n\(ModelText.words($0.message))" } ?? ""
        return "Build \(job.id) \(job.state == .succeeded ? "succeeded" : "ended as \(job.state.rawValue)")\(reason)"
    }
}
