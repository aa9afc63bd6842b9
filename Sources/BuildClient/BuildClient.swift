import AsyncHTTPClient
public import BuildAPI
import Foundation
import NIOCore
import NIOHTTP1
public import SystemPackage

/// A buildbox server as programs see it. What a moment's trouble breaks is tried again, as ``RetryPolicy`` says; a
/// retry never makes a second job.
public final class BuildClient: Sendable {
    let connection: Connection
    let policy: RetryPolicy
    let remark: @Sendable (String) -> Void

    /// Connects to nothing yet.
    ///
    /// - Parameters:
    ///   - server: Where it listens.
    ///   - token: A bearer token (RFC 6750); nil for a server that asks for none.
    ///   - certificates: A PEM file of the authorities to trust in place of the system's.
    ///   - policy: How long, and how often, a broken connection is tried again.
    ///   - silence: How long a connection that should say something may be silent; a server sends heartbeats.
    ///   - remark: Told about trouble and its end, for people.
    /// - Throws: ``ClientError`` with `unreadable`, for the certificates.
    public init(
        server: ServerAddress, token: String? = nil, certificates: FilePath? = nil, policy: RetryPolicy = RetryPolicy(),
        silence: Duration = .seconds(60), remark: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(ClientError) {
        connection = try Connection(server: server, token: token, certificates: certificates, silence: silence)
        self.policy = policy
        self.remark = remark
    }

    /// Gives its connections back. Nothing may be called after it.
    public func shutdown() async { await connection.shutdown() }

    /// One job.
    ///
    /// - Throws: ``ClientError``; `refused` with `not_found` for one that is not there or another grant's.
    public func job(_ id: String) async throws(ClientError) -> JobDocument {
        try await call(JobDocument.self, .GET, try path(id), accepting: [200])
    }

    /// Jobs, the newest first.
    ///
    /// - Parameters:
    ///   - states: Those in any of these; nil for all.
    ///   - limit: The most to return, over as many pages as that takes.
    /// - Returns: The jobs, without their results.
    /// - Throws: ``ClientError``.
    public func jobs(states: [JobState]? = nil, limit: Int = 1000) async throws(ClientError) -> [JobDocument] {
        var jobs: [JobDocument] = []
        var cursor: String?
        repeat {
            var parts = URLComponents()
            parts.queryItems = (states ?? []).map { URLQueryItem(name: "state", value: $0.rawValue) }
            parts.queryItems?.append(URLQueryItem(name: "limit", value: String(min(100, limit - jobs.count))))
            if let cursor { parts.queryItems?.append(URLQueryItem(name: "cursor", value: cursor)) }
            let query = parts.percentEncodedQuery ?? ""
            let page = try await call(JobListDocument.self, .GET, "/v1/builds?\(query)", accepting: [200])
            jobs += page.builds
            cursor = page.builds.isEmpty ? nil : page.nextCursor
        } while cursor != nil && jobs.count < limit
        return Array(jobs.prefix(limit))
    }

    /// Asks a job to end. One that had ended stays as it is.
    public func cancel(_ id: String) async throws(ClientError) -> JobDocument {
        try await call(JobDocument.self, .POST, try path(id) + "/cancel", accepting: [200, 202])
    }

    /// A new job with the request and the source of another.
    public func retry(_ id: String) async throws(ClientError) -> JobDocument {
        try await call(
            JobDocument.self, .POST, try path(id) + "/retry", accepting: [202],
            headers: ["idempotency-key": UUID().uuidString])
    }

    /// Removes a job that has ended, its log and its artifacts.
    public func delete(_ id: String) async throws(ClientError) {
        let path = try path(id)
        try await persistently { () throws(ClientError) in
            let response = try await self.connection.send(
                self.connection.request(.DELETE, path), accepting: [200, 204])
            try await self.discard(response)
        }
    }

    /// The path of a job's own resource.
    ///
    /// - Throws: ``ClientError`` with `unreadable`, for what cannot be the id of a job.
    func path(_ id: String) throws(ClientError) -> String {
        guard (1...64).contains(id.utf8.count), id.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) })
        else {
            throw ClientError(.unreadable, "\(id) is no job's id: `buildbox ps --all` lists them")
        }
        return "/v1/builds/\(id)"
    }

    func call<Document: Decodable & Sendable>(
        _ type: Document.Type, _ method: HTTPMethod, _ path: String, accepting statuses: Set<UInt>,
        headers: [String: String] = [:], body: Data? = nil
    ) async throws(ClientError) -> Document {
        try await persistently { () throws(ClientError) in
            var request = self.connection.request(method, path)
            for (name, value) in headers { request.headers.add(name: name, value: value) }
            if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
            return try await self.connection.document(
                type, of: try await self.connection.send(request, accepting: statuses))
        }
    }

    func persistence() -> Persistence {
        Persistence(policy: policy, reached: connection.reached, remark: remark)
    }

    /// Tries until it succeeds, or fails in a way that stays.
    func persistently<Value>(
        _ attempt: () async throws(ClientError) -> Value
    ) async throws(ClientError) -> Value {
        var persistence = persistence()
        while true {
            do throws(ClientError) {
                let value = try await attempt()
                persistence.progressed()
                return value
            } catch {
                try await persistence.pause(after: error)
            }
        }
    }

    /// Reads the rest of an answer, so that its connection can be used again.
    func discard(_ response: HTTPClientResponse) async throws(ClientError) {
        do {
            for try await _ in response.body {}
        } catch {
            throw connection.fault(error)
        }
    }
}
