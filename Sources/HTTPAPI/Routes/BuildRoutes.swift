import BuildAPI
import BuildService
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle

/// Jobs: posting, listing, looking, cancelling, repeating, deleting.
struct BuildRoutes: Sendable {
    let service: BuildService

    /// Seconds that `Prefer: wait` may ask for.
    static let longestWait = 600

    func post(_ call: Call) async throws -> Response {
        try await admitted(try await admission(of: call), call)
    }

    func retry(_ call: Call, _ id: String) async throws -> Response {
        try await admitted(try await admission(of: call, repeating: id), call)
    }

    /// Holds the key's claim no longer than the admission takes: a client that comes again while another request waits for the
    /// job's end gets the job.
    private func admission(of call: Call, repeating id: String? = nil) async throws -> Admission {
        let claim = try claim(call)
        if let id { return try await service.retry(id, claim: claim, as: call.principal) }
        let document = try await SubmissionReader(service: service, call: call).document()
        return try await service.submit(Submission(document: document, claim: claim), as: call.principal)
    }

    func list(_ call: Call) async throws -> Response {
        var query = JobQuery()
        let states = call.query.all("state")
        if !states.isEmpty {
            query.states = []
            for name in states {
                guard let state = JobState(rawValue: name) else {
                    let known = JobState.allCases.map(\.rawValue).joined(separator: ", ")
                    throw HTTPProblem(.invalidRequest, "the parameter state is one of \(known)")
                }
                query.states?.insert(state)
            }
        }
        query.grant = try call.query.one("grant")
        query.limit = try call.query.whole("limit", in: JobQuery.limits) ?? query.limit
        query.cursor = try call.query.one("cursor")
        return try Answer.json(try await service.jobs(query, as: call.principal))
    }

    func get(_ call: Call, _ id: String) async throws -> Response {
        try Answer.tagged(try await service.job(id, as: call.principal), unless: call.field(.ifNoneMatch))
    }

    func result(_ call: Call, _ id: String) async throws -> Response {
        try Answer.tagged(try await service.result(of: id, as: call.principal), unless: call.field(.ifNoneMatch))
    }

    func cancel(_ call: Call, _ id: String) async throws -> Response {
        let job = try await service.cancel(id, as: call.principal)
        return try Answer.json(job, status: job.state.isEnd ? .ok : .accepted)
    }

    func delete(_ call: Call, _ id: String) async throws -> Response {
        try await service.delete(id, as: call.principal)
        return Response(status: .noContent)
    }

    /// 202, or 200 with the job at its end where the client would wait and it came in time. A client that goes away
    /// meanwhile changes nothing about the job.
    private func admitted(_ admission: Admission, _ call: Call) async throws -> Response {
        let id = admission.job.id
        var headers: HTTPFields = [.location: "/v1/builds/\(id)"]
        if admission.isReplay { headers[.idempotencyReplayed] = "true" }
        guard let asked = Preference.wait(call.field(.prefer)) else {
            return try Answer.json(admission.job, status: .accepted, headers: headers)
        }
        let seconds = min(asked, Self.longestWait)
        headers[.preferenceApplied] = "wait=\(seconds)"
        let principal = call.principal
        let job = try await cancelWhenGracefulShutdown { [service] in
            try await service.waitForEnd(of: id, atMost: .seconds(seconds), as: principal)
        }
        return try Answer.json(job, status: job.state.isEnd ? .ok : .accepted, headers: headers)
    }

    private func claim(_ call: Call) throws -> IdempotencyClaim? {
        guard let key = call.field(.idempotencyKey) else { return nil }
        guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw HTTPProblem(.malformed, "Idempotency-Key is 1 to 255 printable ASCII characters without spaces")
        }
        return try service.claim(key, as: call.principal)
    }
}
