import AsyncHTTPClient
import BuildAPI
import NIOCore
import NIOHTTP1

extension BuildClient {
    /// Follows a job to its end. A connection that breaks is made anew after the last event that arrived, so that none
    /// is missed and none comes twice.
    ///
    /// - Parameters:
    ///   - id: The job's.
    ///   - sequence: The event after which to begin; 0 for all.
    ///   - handle: Takes each event; the next is not asked for before it returns.
    /// - Returns: The sequence number of the last event.
    /// - Throws: ``ClientError``, and what `handle` throws as it is when that is one.
    @discardableResult
    public func follow(
        _ id: String, after sequence: UInt64 = 0, _ handle: (JobEvent) async throws(ClientError) -> Void
    ) async throws(ClientError) -> UInt64 {
        let path = try path(id) + "/events"
        var persistence = persistence()
        var last = sequence
        while true {
            do throws(ClientError) {
                if try await follow(path, after: &last, &persistence, handle) { return last }
                throw ClientError(.dropped, "the connection to \(connection.server) ended before the job did")
            } catch {
                try await persistence.pause(after: error)
            }
        }
    }

    /// One connection's worth of events; true when the job's last one was among them.
    private func follow(
        _ path: String, after last: inout UInt64, _ persistence: inout Persistence,
        _ handle: (JobEvent) async throws(ClientError) -> Void
    ) async throws(ClientError) -> Bool {
        var request = connection.request(.GET, path)
        request.headers.add(name: "accept", value: "text/event-stream")
        if last > 0 { request.headers.add(name: "last-event-id", value: String(last)) }
        let response = try await connection.send(request, accepting: [200, 204])
        if response.status == .noContent {
            try await discard(response)
            return true
        }
        var parser = EventStreamParser()
        var ended = false
        try await read(response) { (chunk) throws(ClientError) in
            persistence.progressed()
            for event in try parser.feed(chunk.readableBytesView) where !ended {
                guard let sequence = event.id.flatMap({ UInt64($0) }), sequence > last else { continue }
                if let known = try JobEvent(event) {
                    try await handle(known)
                    if case .end = known.event { ended = true }
                }
                last = sequence
            }
            return !ended
        }
        return ended
    }

    /// Gives an answer's bytes to `handle` as they come, until it returns false.
    func read(
        _ response: HTTPClientResponse, _ handle: (ByteBuffer) async throws(ClientError) -> Bool
    ) async throws(ClientError) {
        do {
            for try await chunk in response.body {
                guard try await handle(chunk) else { return }
            }
        } catch {
            throw connection.fault(error)
        }
    }
}
