import BuildAPI
import BuildService
import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

/// A job's life as server-sent events, from any sequence on.
struct EventsRoute: Sendable {
    let service: BuildService
    let heartbeat: Duration

    func get(_ call: Call, _ id: String) async throws -> Response {
        try checkAccept(call.field(.accept))
        let after = try sequence(call)
        let events = try await service.events(of: id, after: after, as: call.principal)
        // A client that connects again after the end is told not to (HTML Living Standard, 9.2.3).
        if events.isOver { return Response(status: .noContent, headers: [.cacheControl: "no-store"]) }
        let window = LogWindow(service: service, id: id, principal: call.principal)
        let body = ResponseBody { [heartbeat] writer in
            try await writer.write(ServerSentEvent.retry(milliseconds: 1000))
            let feed = EventFeed(events, heartbeat: heartbeat)
            defer { feed.stop() }
            let encoder = DocumentCoding.encoder()
            var text = EventText(before: window.read)
            var items = feed.makeIterator()
            do {
                while let item = try await items.next() {
                    try await writer.write(try await Self.bytes(item, &text, window, encoder))
                }
            } catch is CancellationError {
                // The service stops: the stream ends without its last event, and the client comes back.
            }
            try await writer.finish(nil)
        }
        let headers: HTTPFields = [
            .contentType: "text/event-stream", .cacheControl: "no-store", .contentTypeOptions: "nosniff",
        ]
        return Response(status: .ok, headers: headers, body: body)
    }

    private static func bytes(
        _ item: EventFeed.Item, _ text: inout EventText, _ window: LogWindow, _ encoder: JSONEncoder
    ) async throws -> ByteBuffer {
        guard case .events(let events) = item else { return ServerSentEvent.heartbeat }
        // What a follower that begins in the middle must know of the log before.
        if let first = events.first { try await window.prepare(for: first) }
        var bytes = ByteBuffer()
        for event in events {
            for (sequence, document) in try text.documents(event) {
                bytes.writeImmutableBuffer(try document.event(sequence: sequence, encoder: encoder).bytes)
            }
        }
        return bytes
    }

    /// `Last-Event-ID`, which a browser sends when it connects again, counts before `?after=`, which it repeats.
    private func sequence(_ call: Call) throws(HTTPProblem) -> UInt64 {
        let after = try call.query.whole("after", in: 0...UInt64.max)
        guard let text = call.field(.lastEventID), !text.isEmpty else { return after ?? 0 }
        guard text.utf8.allSatisfy({ (48...57).contains($0) }), let id = UInt64(text) else {
            throw HTTPProblem(.malformed, "Last-Event-ID is the sequence of an event: a whole number")
        }
        return id
    }

    private func checkAccept(_ field: String?) throws(HTTPProblem) {
        guard let field, !field.isEmpty else { return }
        let ranges = field.split(separator: ",").map { $0.prefix { $0 != ";" }.filter { $0 != " " }.lowercased() }
        guard ranges.contains(where: { ["text/event-stream", "text/*", "*/*"].contains($0) }) else {
            throw HTTPProblem(.notAcceptable, "events come as text/event-stream only")
        }
    }
}
