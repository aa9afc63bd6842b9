import NIOCore

/// Bounds how large a request's head may be and how long it may take. Removed once there is one.
final class HeadGuard: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let limits: EgressLimits
    private var seen = 0
    private var timer: Scheduled<Void>?

    init(_ limits: EgressLimits) {
        self.limits = limits
    }

    func handlerAdded(context: ChannelHandlerContext) {
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limits.headTime)) {
            context.fireErrorCaught(EgressError(.timeout, "no whole request came in time"))
        }
    }

    func handlerRemoved(context _: ChannelHandlerContext) { timer?.cancel() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        seen += unwrapInboundIn(data).readableBytes
        guard seen <= limits.headBytes else {
            context.fireErrorCaught(
                EgressError(.malformed, "the head of the request is larger than \(limits.headBytes) bytes"))
            return
        }
        context.fireChannelRead(data)
    }
}
