import BuildAPI
import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Stands between the parser and the service on one connection: cuts off who is slow or idle (``ConnectionPace``),
/// tells with a problem document what the parser refused, sends `100 Continue` once a body is wanted, and ends the
/// connection after an answer that came before its request was whole.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// Sent down a channel when a request's body is about to be read.
    struct BodyIsWanted: Sendable {}

    private let limits: WireLimits
    private var pace: ConnectionPace?
    private var ticker: RepeatedTask?
    private var expectsContinue = false
    private var hasAnswerBegun = false

    init(limits: WireLimits) {
        self.limits = limits
    }

    func handlerAdded(context: ChannelHandlerContext) {
        pace = ConnectionPace(limits: limits, now: now)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        ticker = context.eventLoop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in
            let (handler, context) = bound.value
            handler.tick(context)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) { stop() }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            pace?.headCame()
            hasAnswerBegun = false
            expectsContinue = head.headerFields[.expect]?.lowercased() == "100-continue"
        case .body(let buffer): pace?.bodyCame(buffer.readableBytes, now: now)
        case .end: pace?.requestEnded(now: now)
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        pace?.readSomething(now: now)
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        pace?.bodyWanted(now: now)
        context.read()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head) where head.status.kind != .informational:
            hasAnswerBegun = true
            if pace?.isReadingBody == true { head.headerFields[.connection] = "close" }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end:
            context.write(data, promise: promise)
            _ = pace?.answerEnded(now: now)
        default: context.write(data, promise: promise)
        }
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is BodyIsWanted else {
            return context.triggerUserOutboundEvent(event, promise: promise)
        }
        promise?.succeed()
        guard expectsContinue, !hasAnswerBegun else { return }
        expectsContinue = false
        context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let fault = error as? HTTPParserError, pace?.isBetweenRequests == true else {
            return context.fireErrorCaught(error)
        }
        switch fault {
        // Gone before the head was whole: nobody is there to be told.
        case .invalidEOFState, .closedConnection: context.close(promise: nil)
        case .headerOverflow:
            refuse(
                context,
                HTTPProblem(
                    .tooLarge,
                    "the head of the request has more than \(limits.headBytes) bytes or \(limits.fields) fields",
                    status: .requestHeaderFieldsTooLarge))
        default: refuse(context, HTTPProblem(.malformed, "this is no HTTP/1.1 request: \(fault)"))
        }
    }

    private var now: UInt64 { NIODeadline.now().uptimeNanoseconds }

    private func stop() {
        ticker?.cancel()
        ticker = nil
    }

    private func tick(_ context: ChannelHandlerContext) {
        var buffered = 0
        if let options = context.channel.syncOptions {
            do {
                buffered = try options.getOption(.bufferedWritableBytes)
            } catch {
                // Only a channel that is closed does not tell.
            }
        }
        switch pace?.judge(now: now, buffered: buffered) {
        case nil, .fine: break
        case .idle, .stalled: context.close(promise: nil)
        case .slow:
            if hasAnswerBegun, pace?.isBetweenRequests != true { return context.close(promise: nil) }
            refuse(
                context,
                HTTPProblem(
                    .timeout,
                    "the request came too slowly: its head has \(limits.headTime), and its body comes at "
                        + "\(limits.bodyRate) bytes a second at least"))
        }
    }

    /// Answers in the service's place, and ends the connection.
    private func refuse(_ context: ChannelHandlerContext, _ problem: HTTPProblem) {
        stop()
        let body = problem.body
        var head = problem.response.head
        head.headerFields[.connection] = "close"
        head.headerFields[.contentLength] = String(body.readableBytes)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(body)), promise: nil)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        // Closing with bytes unread would make the kernel take the answer back (RFC 9112, 9.6): so the answer's end
        // comes first, and what still comes is thrown away for a while.
        context.writeAndFlush(wrapOutboundOut(.end(nil)))
            .flatMap { bound.value.close(mode: .output) }
            .whenFailure { _ in bound.value.close(promise: nil) }
        let linger = TimeAmount.nanoseconds(Int64(limits.lingerTime / .nanoseconds(1)))
        context.eventLoop.scheduleTask(in: linger) { bound.value.close(promise: nil) }
    }
}
