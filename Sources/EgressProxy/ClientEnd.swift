import NIOCore
import NIOHTTP1

/// A client's connection: takes its one request, has the way to its target made, and becomes one
/// end of a tunnel, or passes on one request and its response. A further request takes a
/// connection of its own, so that none can hide behind another.
final class ClientEnd: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        case awaitingHead
        /// What came behind the head waits; nothing more is read.
        case dialling([HTTPServerRequestPart])
        case forwarding(OriginEnd)
        case over
    }

    private let codec: ClientCodec
    private let dialer: Dialer
    private let channels: OpenChannels
    private let account: ConnectionAccount
    private var state = State.awaitingHead
    private var readIsHeld = false
    private var isAnswering = false

    init(_ codec: ClientCodec, _ dialer: Dialer, _ account: ConnectionAccount) {
        self.codec = codec
        self.dialer = dialer
        self.channels = dialer.channels
        self.account = account
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        switch (state, part) {
        case (.awaitingHead, .head(let head)): take(head, context)
        case (.dialling(let waiting), _): state = .dialling(waiting + [part])
        case (.forwarding(let origin), .head): origin.close()
        case (.forwarding(let origin), _): pass(part, to: origin, context)
        case (.awaitingHead, _), (.over, _): break
        }
    }

    private func take(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        codec.headIsComplete(in: context.pipeline)
        guard let request = EgressRequest(head) else {
            answer(
                EgressError(
                    .malformed, "this is a proxy: it takes CONNECT host:port, and requests for http:// in absolute form"
                ),
                context)
            return
        }
        account.aim(at: request.target)
        state = .dialling([])
        let dialer = dialer
        channels.perform { () async throws(EgressError) in try await dialer.dial(request) }
            .assumeIsolated().whenComplete { result in self.dialled(request, head, result, context) }
    }

    private func dialled(
        _ request: EgressRequest, _ head: HTTPRequestHead, _ result: Result<Dialer.Line, any Error>,
        _ context: ChannelHandlerContext
    ) {
        switch result {
        case .failure(let error): answer(error, context)
        case .success(let line):
            guard case .dialling(let waiting) = state, context.channel.isActive, line.channel.isActive else {
                line.channel.close(promise: nil)
                answer(EgressError(.unreachable, "the connection to \(request.target) was closed at once"), context)
                return
            }
            account.reached(line.channel.remoteAddress?.ipAddress)
            do {
                try go(request, head, line, waiting, context)
            } catch {
                line.channel.close(promise: nil)
                answer(error, context)
            }
        }
    }

    private func go(
        _ request: EgressRequest, _ head: HTTPRequestHead, _ line: Dialer.Line, _ waiting: [HTTPServerRequestPart],
        _ context: ChannelHandlerContext
    ) throws {
        switch request {
        case .forward(let target, let path):
            let origin = try OriginEnd.make(on: line.channel, client: self, context)
            state = .forwarding(origin)
            origin.send(.head(head.forwarded(to: target, path: path, through: line.proxy)))
            for part in waiting { pass(part, to: origin, context) }
            resumeReading(context)
        case .tunnel(let target):
            guard let proxy = line.proxy else { return try tunnel(to: line.channel, context) }
            try ConnectHandshake.perform(on: line.channel, to: target, through: proxy)
                .assumeIsolated().whenComplete { result in
                    do {
                        try result.get()
                        try self.tunnel(to: line.channel, context)
                    } catch {
                        line.channel.close(promise: nil)
                        self.answer(error, context)
                    }
                }
        }
    }

    /// Both connections carry bytes from here on.
    private func tunnel(to host: any Channel, _ context: ChannelHandlerContext) throws {
        guard context.channel.isActive, host.isActive else {
            throw EgressError(.unreachable, "the connection was closed before the tunnel stood")
        }
        state = .over
        let ends = ByteRelay.pair(account)
        try host.pipeline.syncOperations.addHandler(ends.host)
        let client = context.channel
        try client.pipeline.syncOperations.addHandler(ends.client)
        // What came early goes to the tunnel as its decoder is removed.
        codec.becomeTunnel(client, from: self)
        host.setOption(.autoRead, value: true).whenComplete { _ in host.read() }
        client.read()
    }

    private func pass(_ part: HTTPServerRequestPart, to origin: OriginEnd, _ context: ChannelHandlerContext) {
        switch part {
        case .head: break
        case .body(let bytes):
            do throws(EgressError) {
                try account.pass(bytes.readableBytes, isIn: false)
                origin.send(.body(.byteBuffer(bytes)))
            } catch {
                answer(error, context)
            }
        case .end(let trailers): origin.send(.end(trailers))
        }
    }

    /// A part of the response from the origin.
    func respond(_ part: HTTPClientResponsePart, _ context: ChannelHandlerContext) {
        switch part {
        case .head(let head):
            isAnswering = true
            context.write(wrapOutboundOut(.head(head.forwarded)), promise: nil)
        case .body(let bytes):
            do throws(EgressError) {
                try account.pass(bytes.readableBytes, isIn: true)
                context.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil)
            } catch {
                answer(error, context)
            }
        case .end(let trailers):
            state = .over
            finish(.end(trailers), context)
        }
    }

    /// Tells the client why it gets nothing; where it got something already, the connection just ends.
    private func answer(_ error: any Error, _ context: ChannelHandlerContext) {
        if case .over = state { return }
        let error = error as? EgressError ?? EgressError(.unreachable, "the connection broke: \(error)")
        account.fail(error)
        let last = state
        state = .over
        if case .forwarding(let origin) = last { origin.close() }
        guard !isAnswering else {
            context.close(promise: nil)
            return
        }
        let body = ByteBuffer(string: "\(error.message)\n")
        let headers: HTTPHeaders = [
            "Content-Type": "text/plain; charset=utf-8", "Content-Length": "\(body.readableBytes)",
            "Connection": "close",
        ]
        context.write(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: error.status, headers: headers))),
            promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        finish(.end(nil), context)
    }

    private func finish(_ part: HTTPServerResponsePart, _ context: ChannelHandlerContext) {
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(part)).whenComplete { _ in channel.close(promise: nil) }
    }

    /// The origin's connection ended. Before the end of a response that breaks it off.
    func originEnded(_ error: EgressError, _ context: ChannelHandlerContext) { answer(error, context) }

    func read(context: ChannelHandlerContext) {
        switch state {
        case .dialling: readIsHeld = true
        case .forwarding(let origin) where !origin.isWritable: readIsHeld = true
        default: context.read()
        }
    }

    func resumeReading(_ context: ChannelHandlerContext) {
        guard readIsHeld else { return }
        readIsHeld = false
        context.read()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable, case .forwarding(let origin) = state { origin.resumeReading() }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        let last = state
        state = .over
        if case .forwarding(let origin) = last { origin.close() }
        account.finish()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is IdleStateHandler.IdleStateEvent else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        answer(EgressError(.timeout, "no byte came or went for too long"), context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A decoder is not content with the end of a connection either.
        guard context.channel.isActive else { return }
        switch error {
        case is HTTPParserError: answer(EgressError(.malformed, "the request is no HTTP"), context)
        case is IOError: context.close(promise: nil)
        default: answer(error, context)
        }
    }
}
