import NIOCore
import NIOHTTP1

/// Asks an upstream proxy for a tunnel (RFC 9110, 9.3.6), and leaves the connection bare when it stands.
final class ConnectHandshake: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let target: EgressTarget
    private let proxy: UpstreamProxy
    private let promise: EventLoopPromise<Void>
    private let encoder = HTTPRequestEncoder()
    private let decoder = ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .forwardBytes))
    private var isDone = false

    static func perform(
        on channel: any Channel, to target: EgressTarget, through proxy: UpstreamProxy
    ) throws -> EventLoopFuture<Void> {
        let handshake = ConnectHandshake(target, proxy, channel.eventLoop.makePromise())
        do {
            try channel.pipeline.syncOperations.addHandlers([handshake.encoder, handshake.decoder, handshake])
        } catch {
            handshake.promise.fail(error)
            throw error
        }
        return handshake.promise.futureResult
    }

    private init(_ target: EgressTarget, _ proxy: UpstreamProxy, _ promise: EventLoopPromise<Void>) {
        self.target = target
        self.proxy = proxy
        self.promise = promise
    }

    func handlerAdded(context: ChannelHandlerContext) {
        var headers: HTTPHeaders = ["Host": "\(target)"]
        if let authorization = proxy.authorization { headers.add(name: "Proxy-Authorization", value: authorization) }
        let head = HTTPRequestHead(version: .http1_1, method: .CONNECT, uri: "\(target)", headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDone, case .head(let head) = unwrapInboundIn(data) else { return }
        guard (200..<300).contains(head.status.code) else {
            let advice =
                head.status == .proxyAuthenticationRequired ? ": give user and password in the proxy's URL" : ""
            fail(
                EgressError(
                    .unreachable,
                    "the proxy \(proxy.host):\(proxy.port) refuses \(target) with status \(head.status.code)\(advice)"))
            return
        }
        isDone = true
        let operations = context.pipeline.syncOperations
        // Whoever waits puts its own handler behind this one, so that what the host sent early
        // goes there as the decoder is removed.
        promise.succeed()
        operations.removeHandler(self, promise: nil)
        operations.removeHandler(decoder, promise: nil)
        operations.removeHandler(encoder, promise: nil)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if !isDone { context.read() }
        context.fireChannelReadComplete()
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(EgressError(.unreachable, "the proxy \(proxy.host):\(proxy.port) ended the connection"))
        context.fireChannelInactive()
    }

    func errorCaught(context _: ChannelHandlerContext, error: any Error) {
        fail(EgressError(.unreachable, "the proxy \(proxy.host):\(proxy.port): \(error)"))
    }

    private func fail(_ error: EgressError) {
        guard !isDone else { return }
        isDone = true
        promise.fail(error)
    }
}
