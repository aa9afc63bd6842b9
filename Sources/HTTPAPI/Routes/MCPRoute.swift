import BuildService
import HTTPTypes
import Hummingbird
import HummingbirdCore
import MCPServer
import NIOCore

/// The Model Context Protocol at POST /mcp: what ``HTTPEndpoint`` answers, as a response.
struct MCPRoute: Sendable {
    private let endpoint: HTTPEndpoint

    init(service: BuildService, settings: HTTPSettings) {
        let server = MCPServer(
            service: service,
            settings: ServerSettings(
                version: settings.version, roots: service.settings.folderRoots,
                fetchAdvice: "fetch it with GET /v1/builds/{id}/artifacts/{name}"))
        endpoint = HTTPEndpoint(server: server)
    }

    func answer(_ call: Call) async throws -> Response {
        var request = call.request
        let body = request.method == .post ? try await read(call, &request) : []
        let message = HTTPMessage(method: call.request.method, fields: call.request.headers, body: body)
        switch await endpoint.answer(message, as: call.principal) {
        case .whole(let status, let fields, let bytes):
            var headers = fields
            headers[.cacheControl] = "no-store"
            return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        case .stream(let stream):
            return Response(status: .ok, headers: EventStream.fields, body: Self.body(stream, request.body))
        }
    }

    /// Ends the stream's call when the client closes its connection, and returns when nothing of it runs any more.
    private static func body(_ stream: EventStream, _ request: RequestBody) -> ResponseBody {
        ResponseBody { writer in
            let (pieces, continuation) = AsyncStream<ByteBuffer>.makeStream()
            let call = Task {
                defer { continuation.finish() }
                try await request.consumeWithCancellationOnInboundClose { _ in
                    try await stream.run { continuation.yield(ByteBuffer(bytes: $0)) }
                }
            }
            do {
                try await withTaskCancellationHandler {
                    for await piece in pieces { try await writer.write(piece) }
                } onCancel: {
                    call.cancel()
                }
            } catch {
                call.cancel()
                _ = await call.result
                throw error
            }
            _ = await call.result
            try await writer.finish(nil)
        }
    }

    /// The whole body; nil when it is larger than any message. The request keeps it: whoever watches its connection
    /// later has to find a body that was not read piece by piece.
    private func read(_ call: Call, _ request: inout Request) async throws -> [UInt8]? {
        if let announced = call.announcedLength, announced > UInt64(Incoming.largest) { return nil }
        // For a client that waits for `100 Continue`.
        _ = call.body
        do {
            let buffer = try await request.collectBody(upTo: Incoming.largest)
            try call.checkWhole(UInt64(buffer.readableBytes))
            return Array(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
            return nil
        }
    }
}
