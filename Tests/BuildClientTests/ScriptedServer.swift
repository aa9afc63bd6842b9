import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// An HTTP server on loopback that answers as a test says, breaks connections included.
final class ScriptedServer: Sendable {
    struct Request: Sendable {
        var method: String
        var path: String
        var headers: HTTPHeaders
        var body: [UInt8]

        /// A header's first value.
        subscript(_ name: String) -> String? { headers.first(name: name) }
    }

    struct Answer: Sendable {
        var status = 200
        var headers: [(String, String)] = []
        var body: [UInt8] = []
        /// Send only so much of the body, then cut the connection.
        var cut: Int?

        static func json(_ text: String, status: Int = 200) -> Answer {
            Answer(status: status, headers: [("content-type", "application/json")], body: Array(text.utf8))
        }

        static func problem(_ status: Int, _ code: String, _ detail: String, errors: String = "[]") -> Answer {
            json(
                #"{"type":"urn:buildbox:problem:\#(code)","title":"t","status":\#(status),"detail":"\#(detail)","#
                    + #""code":"\#(code)","errors":\#(errors)}"#, status: status)
        }
    }

    /// What a test answers to the n-th request, from 0; nil cuts the connection without an answer.
    typealias Script = @Sendable (Request, Int) -> Answer?

    private let channel: any Channel
    private let seen: Seen

    private final class Seen: Sendable {
        let requests = Mutex<[Request]>([])
    }

    /// Cuts the connection of the first request after `cutAfter` bytes of its body.
    init(cutAfter: Int? = nil, _ script: @escaping Script) async throws {
        let seen = Seen()
        self.seen = seen
        let first = Atomic(cutAfter != nil)
        let box = Once(flag: first, bytes: cutAfter ?? 0)
        channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                    try channel.pipeline.syncOperations.addHandler(
                        Conversation(cut: box) { request in
                            let index = seen.requests.withLock { requests in
                                requests.append(request)
                                return requests.count - 1
                            }
                            return script(request, index)
                        })
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    var url: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)" }

    /// What was asked, in order.
    var requests: [Request] { seen.requests.withLock { $0 } }

    func close() async throws { try await channel.close() }

    private final class Once: Sendable {
        let flag: Atomic<Bool>
        let bytes: Int

        init(flag: consuming Atomic<Bool>, bytes: Int) {
            self.flag = flag
            self.bytes = bytes
        }

        /// Whether this is the moment to cut, which comes once.
        func strikes(at count: Int) -> Bool {
            count >= bytes && flag.exchange(false, ordering: .relaxed)
        }
    }

    private final class Conversation: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let cut: Once
        private let answer: @Sendable (Request) -> Answer?
        private var request: Request?

        init(cut: Once, _ answer: @escaping @Sendable (Request) -> Answer?) {
            self.cut = cut
            self.answer = answer
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                request = Request(method: head.method.rawValue, path: head.uri, headers: head.headers, body: [])
            case .body(let bytes):
                request?.body += bytes.readableBytesView
                if let request, !request.body.isEmpty, cut.strikes(at: request.body.count) {
                    context.close(promise: nil)
                }
            case .end:
                guard let request else { return }
                self.request = nil
                guard let answer = answer(request) else { return context.close(promise: nil) }
                send(answer, context)
            }
        }

        private func send(_ answer: Answer, _ context: ChannelHandlerContext) {
            var headers = HTTPHeaders(answer.headers)
            if answer.status != 204 { headers.add(name: "content-length", value: String(answer.body.count)) }
            let status = HTTPResponseStatus(statusCode: answer.status)
            context.write(
                wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))),
                promise: nil)
            let part = answer.body.prefix(answer.cut ?? answer.body.count)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: part)))), promise: nil)
            guard answer.cut != nil else {
                return context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
            let channel = context.channel
            context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer())))).whenComplete { _ in
                channel.close(promise: nil)
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
