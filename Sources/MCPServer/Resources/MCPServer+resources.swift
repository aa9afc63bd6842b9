import BuildAPI
import BuildService
import Foundation
import Policy
import PythonBuild
import SourceText

extension MCPServer {
    static let resourceTemplates = Reply(
        [
            "resourceTemplates": .array(
                zip(
                    ResourceURI.templates,
                    [("log", "text/plain"), ("result", "application/json"), ("artifact", "application/octet-stream")]
                ).map { template, kind in
                    ["uriTemplate": .string(template), "name": .string(kind.0), "mimeType": .string(kind.1)]
                })
        ], keeping: .milliseconds(3_600_000))

    /// `resources/list`: what the caller's builds left, the newest first.
    func listResources(_ cursor: String?, as principal: Principal) async throws(ProtocolFault) -> Reply {
        try await allow(.status, as: principal)
        let page = try await jobs(cursor, as: principal)
        var links: [ResourceLink] = []
        for job in page.builds {
            links.append(.log(job.id))
            guard job.state.isEnd else { continue }
            links.append(.result(job.id))
            guard job.state == .succeeded else { continue }
            do throws(ServiceFault) {
                let result = try await service.result(of: job.id, as: principal)
                links += result.artifacts.map { .artifact($0.name, size: $0.size, of: job.id) }
            } catch {
                // It was deleted since the page was read.
            }
        }
        var fields: [String: JSONValue] = ["resources": .array(links.map { .object($0.fields) })]
        fields["nextCursor"] = page.nextCursor.map { .string($0) }
        return Reply(fields, keeping: .milliseconds(0))
    }

    /// `resources/read`.
    func readResource(
        _ text: String, _ revision: Revision, as principal: Principal
    ) async throws(ProtocolFault) -> Reply {
        guard let uri = ResourceURI(text) else {
            throw ProtocolFault(
                revision.resourceNotFound,
                "there is no such resource: its URI is one of "
                    + ResourceURI.templates.joined(separator: ", "),
                data: ["uri": .string(ForeignText.line(text, most: 200))])
        }
        do throws(ServiceFault) {
            // A resource is what these tools tell, and under their rule.
            let tool: ToolName = if case .log = uri { .logs } else { .status }
            try await service.check(
                tool: tool.rawValue, arguments: .object(["build_id": .string(uri.build)]), as: principal)
            switch uri {
            case .log(let build): return try await log(build, text, as: principal)
            case .result(let build):
                let result = try await service.result(of: build, as: principal)
                return Self.contents(text, "application/json", text: try Self.document(result), milliseconds: 3_600_000)
            case .artifact(let build, let name):
                return try artifact(try await service.artifact(name, of: build, as: principal), build, text)
            }
        } catch {
            throw ProtocolFault(error, missing: revision.resourceNotFound, data: ["uri": .string(text)])
        }
    }

    /// The log, or the end of one that is too long for a message.
    private func log(_ build: String, _ uri: String, as principal: Principal) async throws(ServiceFault) -> Reply {
        let log = try await service.log(of: build, as: principal)
        let isComplete = log.isComplete
        let most: UInt64 = 256 << 10
        let size = try log.size
        let start = size > most ? size - most : 0
        var shown = "[what the project's code printed in build \(build) (\(ForeignText.notice))]\n"
        if start > 0 {
            shown += "[the first \(start) of \(size) bytes are left out; python_build_logs reads them by offset]\n"
        }
        shown += ModelText.marked(try log.read(at: start, count: Int(min(most, size))))
        return Self.contents(uri, "text/plain", text: shown, milliseconds: isComplete ? 3_600_000 : 0)
    }

    private func artifact(_ file: ArtifactFile, _ build: String, _ uri: String) throws(ServiceFault) -> Reply {
        guard file.blob.size <= settings.largestResource else {
            throw ServiceFault(
                .tooLarge,
                "\(file.name) has \(file.blob.size) bytes, and resources/read hands out at most "
                    + "\(settings.largestResource): \(settings.fetchAdvice)")
        }
        let bytes = try file.blob.read(at: 0, count: Int(file.blob.size))
        return Reply(
            [
                "contents": [
                    [
                        "uri": .string(uri), "mimeType": .string(ResourceLink.mimeType(of: file.name)),
                        "blob": .string(Data(bytes).base64EncodedString()),
                    ]
                ]
            ], keeping: .milliseconds(3_600_000))
    }

    private static func contents(_ uri: String, _ type: String, text: String, milliseconds: Int64) -> Reply {
        Reply(
            ["contents": [["uri": .string(uri), "mimeType": .string(type), "text": .string(text)]]],
            keeping: .milliseconds(milliseconds))
    }

    private static func document(_ result: BuildResult) throws(ServiceFault) -> String {
        do {
            return String(decoding: try DocumentCoding.encoder().encode(result), as: UTF8.self)
        } catch {
            throw ServiceFault(.internalFault, "cannot write the result document: \(error)")
        }
    }
}
