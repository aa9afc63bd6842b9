import NIOCore
import NIOHTTP1

/// The connection to an origin, or to an upstream proxy, for one plain request.
final class OriginEnd: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    private weak var client: ClientEnd?
    private let clientContext: ChannelHandlerContext
    private var context: ChannelHandlerContext?
    private var readIsHeld = false
    private var isComplete = false

    var isWritable: Bool { context?.channel.isWritable ?? true }

    /// Puts an end on a connection that does not read yet, and lets it read.
    static func make(on channel: any Channel, client: ClientEnd, _ clientContext: ChannelHandlerContext) throws
        -> OriginEnd
    {
        let end = OriginEnd(client, clientContext)
        try channel.pipeline.syncOperations.addHandlers([
            HTTPRequestEncoder(), ByteToMessageHandler(HTTPResponseDecoder()), end,
        ])
        channel.setOption(.autoRead, value: true).whenComplete { _ in channel.read() }
        return end
    }

    private init(_ client: ClientEnd, _ clientContext: ChannelHandlerContext) {
        self.client = client
        self.clientContext = clientContext
    }

    func send(_ part: HTTPClientRequestPart) { context?.writeAndFlush(wrapOutboundOut(part), promise: nil) }

    func close() { context?.close(promise: nil) }

    func resumeReading() {
        guard readIsHeld else { return }
        readIsHeld = false
        context?.read()
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context _: ChannelHandlerContext) { context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        client?.respond(part, clientContext)
        if case .end = part {
            isComplete = true
            context.close(promise: nil)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        clientContext.flush()
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        if clientContext.channel.isWritable { context.read() } else { readIsHeld = true }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { client?.resumeReading(clientContext) }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        if !isComplete {
            client?.originEnded(EgressError(.unreachable, "the host ended the connection early"), clientContext)
        }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let cause = error is HTTPParserError ? "the host answered with something that is no HTTP" : "\(error)"
        client?.originEnded(EgressError(.unreachable, "the connection broke: \(cause)"), clientContext)
        context.close(promise: nil)
    }
}
