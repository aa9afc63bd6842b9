import AsyncHTTPClient
public import BuildAPI
import Foundation
import NIOCore
import NIOHTTP1

extension BuildClient {
    /// Posts a build. A connection that breaks is made anew and the upload begins again; the key that goes with it
    /// lets the server know it for the same.
    ///
    /// - Parameters:
    ///   - document: What is to be built, and how.
    ///   - source: What is uploaded with it; nil where the document's `source` names a folder or blob of the server.
    ///   - key: The request's own (the Idempotency-Key of the API), such as a random UUID: the same job for the same key.
    ///   - progress: Told the bytes of the source sent so far; they begin at 0 again with a new try.
    /// - Returns: The job, which the server has promised to keep.
    /// - Throws: ``ClientError``; `digest` when the server kept other bytes than were sent.
    public func submit(
        _ document: BuildDocument, source: SourceUpload? = nil, key: String,
        progress: @escaping @Sendable (UInt64) -> Void = { _ in }
    ) async throws(ClientError) -> JobDocument {
        let body: Data
        do {
            body = try DocumentCoding.encoder().encode(document)
        } catch {
            throw ClientError(.unreadable, "the request cannot be written as JSON: \(error)")
        }
        let meter = UploadMeter(progress: progress)
        let job = try await persistently { () throws(ClientError) in
            var request = self.connection.request(.POST, "/v1/builds")
            request.headers.add(name: "idempotency-key", value: key)
            if let source {
                let multipart = MultipartBody(
                    document: Array(body), source: source, boundary: "buildbox-\(key)", meter: meter)
                request.headers.add(name: "content-type", value: multipart.contentType)
                request.body = .stream(multipart, length: multipart.length.map { .known($0) } ?? .unknown)
            } else {
                request.headers.add(name: "content-type", value: "application/json")
                request.body = .bytes(ByteBuffer(bytes: body))
            }
            // The head comes when all is sent: how long that takes is the network's matter.
            let response = try await self.connection.send(
                request, accepting: [200, 202], head: source == nil ? .seconds(60) : .seconds(86_400))
            return try await self.connection.document(JobDocument.self, of: response)
        }
        let (digest, size) = meter.summary
        guard source == nil || job.source.blob == nil || job.source.blob == digest else {
            throw ClientError(
                .digest,
                "the server kept other bytes than were sent (\(size) bytes with SHA-256 \(digest)): cancel the job \(job.id)"
            )
        }
        return job
    }
}
