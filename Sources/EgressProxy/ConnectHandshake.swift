import NIOCore

/// Asks an upstream proxy for a tunnel (RFC 9110, 9.3.6). What the proxy sends behind its answer is
/// the tunnel's, which is why no HTTP decoder has a part in this: one looks at what is written, and
/// lets go of bytes only later.
final class ConnectHandshake: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Bytes of the proxy's answer at most.
    private static let limit = 64 << 10

    private let target: EgressTarget
    private let proxy: UpstreamProxy
    private let promise: EventLoopPromise<Void>
    private var answer = ByteBuffer()
    private var isDone = false

    /// - Returns: Succeeds while the connection is active, before any byte of the tunnel is handed on: whoever waits
    ///   puts its handler in at once.
    static func perform(
        on channel: any Channel, to target: EgressTarget, through proxy: UpstreamProxy
    ) throws -> EventLoopFuture<Void> {
        let handshake = ConnectHandshake(target, proxy, channel.eventLoop.makePromise())
        do {
            try channel.pipeline.syncOperations.addHandler(handshake)
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
        var request = "CONNECT \(target) HTTP/1.1\r\nHost: \(target)\r\n"
        if let authorization = proxy.authorization { request += "Proxy-Authorization: \(authorization)\r\n" }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: request + "\r\n")), promise: nil)
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDone else { return }
        answer.writeImmutableBuffer(unwrapInboundIn(data))
        guard let end = answer.readableBytesView.firstRange(of: Array("\r\n\r\n".utf8)) else {
            if answer.readableBytes > Self.limit { fail("sends an answer without an end") }
            return
        }
        let head =
            answer.readString(length: answer.readableBytesView.distance(from: answer.readerIndex, to: end.upperBound))
            ?? ""
        guard let status = Self.status(of: head) else { return fail("does not answer with HTTP") }
        guard (200..<300).contains(status) else {
            let advice = status == 407 ? ": give user and password in the proxy's URL" : ""
            return fail("refuses \(target) with status \(status)\(advice)")
        }
        isDone = true
        promise.succeed()
        if answer.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(answer)) }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    /// The code of a status line, `HTTP/1.1 200 ...` (RFC 9112, 4).
    private static func status(of head: String) -> Int? {
        let words = head.prefix { !$0.isNewline }.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), words[1].utf8.count == 3 else { return nil }
        return Int(words[1])
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if !isDone { context.read() }
        context.fireChannelReadComplete()
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail("ended the connection")
        context.fireChannelInactive()
    }

    func errorCaught(context _: ChannelHandlerContext, error: any Error) { fail("broke: \(error)") }

    private func fail(_ words: String) {
        guard !isDone else { return }
        isDone = true
        promise.fail(EgressError(.unreachable, "the proxy \(proxy.host):\(proxy.port) \(words)"))
    }
}
