import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
package import PythonBuild
package import SystemPackage

extension BuildClient {
    /// Fetches an artifact of a job. A connection that breaks goes on where it was, as long as the server still has
    /// the same bytes; the file is there whole and checked, or not at all.
    ///
    /// - Parameters:
    ///   - artifact: As the job's result tells it.
    ///   - id: The job's.
    ///   - destination: The folder that it is put into.
    ///   - progress: Told the bytes that are there so far.
    /// - Returns: Where it lies now.
    /// - Throws: ``ClientError``; `digest` when what comes is not what the result tells.
    package func fetch(
        _ artifact: Artifact, of id: String, into destination: OutputDestination,
        progress: @Sendable (UInt64) -> Void = { _ in }
    ) async throws(ClientError) -> FilePath {
        let name = artifact.name.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? artifact.name
        let path = try path(id) + "/artifacts/\(name)"
        var persistence = persistence()
        var draft = try ArtifactDraft(of: artifact, in: destination, token: UUID().uuidString)
        var tag: String?
        while true {
            do throws(ClientError) {
                try await fetch(path, &draft, &tag, &persistence, progress)
                guard draft.size == artifact.size else {
                    throw ClientError(.dropped, "the connection to \(connection.server) ended within \(artifact.name)")
                }
                break
            } catch {
                try await persistence.pause(after: error)
            }
        }
        try draft.place()
        return destination.folder.appending(artifact.name)
    }

    private func fetch(
        _ path: String, _ draft: inout ArtifactDraft, _ tag: inout String?, _ persistence: inout Persistence,
        _ progress: (UInt64) -> Void
    ) async throws(ClientError) {
        var request = connection.request(.GET, path)
        if draft.size > 0, let tag {
            request.headers.add(name: "range", value: "bytes=\(draft.size)-")
            // Other bytes in the meantime: the whole is sent (RFC 9110, section 13.1.5).
            request.headers.add(name: "if-range", value: tag)
        }
        let response = try await connection.send(request, accepting: [200, 206])
        tag = response.headers.first(name: "etag").flatMap { $0.hasPrefix("\"") ? $0 : nil }
        if response.status == .partialContent {
            guard contentRange(response)?.start == draft.size else {
                throw ClientError(
                    .unexpected, "\(connection.server) gave another range than the one that was asked for")
            }
        } else if draft.size > 0 {
            try draft.beginAgain()
        }
        try await read(response) { (chunk) throws(ClientError) in
            persistence.progressed()
            try draft.append(Array(chunk.readableBytesView))
            progress(draft.size)
            return true
        }
    }
}
