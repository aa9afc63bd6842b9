import BuildAPI
import Foundation
import PythonBuild
import SourceText

/// A job as a task of the protocol. In revision 2025-11-25 that is the core's task, in 2026-07-28 the extension's
/// (SEP-2663): the same states under other names.
struct TaskView {
    let job: JobDocument
    /// How long it is kept, in milliseconds.
    let life: Int64

    private static let pollInterval: Int64 = 2000

    /// The answer to a call that became a task.
    func created(in revision: Revision) -> Reply {
        if revision.isStateless { return Reply(fields(in: revision), type: "task") }
        return Reply([
            "task": .object(fields(in: revision)),
            "_meta": [
                "io.modelcontextprotocol/model-immediate-response": .string(
                    "The build \(job.id) was taken. Its result follows when it has ended; until then "
                        + "python_build_status tells how it stands.")
            ],
        ])
    }

    func fields(in revision: Revision) -> [String: JSONValue] {
        var fields: [String: JSONValue] = [
            "taskId": .string(job.id), "status": .string(status(in: revision)),
            "createdAt": .string(Self.text(job.createdAt)),
            "lastUpdatedAt": .string(Self.text(job.endedAt ?? job.startedAt ?? job.createdAt)),
            "statusMessage": .string(message),
        ]
        fields[revision.isStateless ? "ttlMs" : "ttl"] = .integer(life)
        fields[revision.isStateless ? "pollIntervalMs" : "pollInterval"] = .integer(Self.pollInterval)
        return fields
    }

    private func status(in revision: Revision) -> String {
        switch job.state {
        case .succeeded: "completed"
        case .cancelled: "cancelled"
        // The extension keeps `failed` for errors of JSON-RPC; a result with isError is a completed task.
        case let state where state.isEnd: revision.isStateless ? "completed" : "failed"
        default: "working"
        }
    }

    private var message: String {
        if let reason = job.result?.reason {
            let words = ForeignText.line(reason.message, most: 300)
            return
                "\(job.state.rawValue): \(reason.code); its message may quote the project (\(ForeignText.notice)): \(words)"
        }
        return job.phase.map { "\(job.state.rawValue), phase \($0.rawValue)" } ?? job.state.rawValue
    }

    private static func text(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
