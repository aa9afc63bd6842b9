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
        let body = call.request.method == .post ? try await read(call) : []
        let message = HTTPMessage(method: call.request.method, fields: call.request.headers, body: body)
        switch await endpoint.answer(message, as: call.principal) {
        case .whole(let status, let fields, let bytes):
            var headers = fields
            headers[.cacheControl] = "no-store"
            return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        case .stream(let stream):
            return Response(status: .ok, headers: EventStream.fields, body: Self.body(stream, call.request.body))
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

    /// The whole body; nil when it is larger than any message.
    private func read(_ call: Call) async throws -> [UInt8]? {
        if let announced = call.announcedLength, announced > UInt64(Incoming.largest) { return nil }
        var bytes: [UInt8] = []
        for try await buffer in call.body {
            guard bytes.count + buffer.readableBytes <= Incoming.largest else { return nil }
            bytes += buffer.readableBytesView
        }
        try call.checkWhole(UInt64(bytes.count))
        return bytes
    }
}
