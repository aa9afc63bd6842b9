import NIOCore

/// One end of a tunnel: hands what it reads to the other end, and reads no faster than that can write.
final class ByteRelay: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let account: ConnectionAccount
    /// Whether this end is the host's: what it reads goes in.
    private let isHost: Bool
    private weak var partner: ByteRelay?
    private var context: ChannelHandlerContext?
    private var readIsHeld = false

    /// The two ends of one tunnel, the client's first.
    static func pair(_ account: ConnectionAccount) -> (client: ByteRelay, host: ByteRelay) {
        let ends = (client: ByteRelay(account, isHost: false), host: ByteRelay(account, isHost: true))
        ends.client.partner = ends.host
        ends.host.partner = ends.client
        return ends
    }

    private init(_ account: ConnectionAccount, isHost: Bool) {
        self.account = account
        self.isHost = isHost
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context _: ChannelHandlerContext) {
        context = nil
        if !isHost { account.finish() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        do throws(EgressError) {
            try account.pass(buffer.readableBytes, isIn: isHost)
        } catch {
            end(error)
            return
        }
        partner?.context?.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        // What was read last is still on its way.
        partner?.closeWhenWritten()
        if !isHost { account.finish() }
        context.fireChannelInactive()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { partner?.resumeReading() }
        context.fireChannelWritabilityChanged()
    }

    func read(context: ChannelHandlerContext) {
        if let other = partner?.context, !other.channel.isWritable {
            readIsHeld = true
        } else {
            context.read()
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is IdleStateHandler.IdleStateEvent else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        end(EgressError(.timeout, "no byte came or went for too long"))
    }

    func errorCaught(context _: ChannelHandlerContext, error: any Error) {
        // A client that goes away, as a program that is stopped does, is no fault.
        if isHost { account.fail(EgressError(.unreachable, "the connection broke: \(error)")) }
        close()
    }

    private func end(_ error: EgressError) {
        account.fail(error)
        close()
    }

    private func close() {
        let other = partner?.context
        context?.close(promise: nil)
        other?.close(promise: nil)
    }

    private func resumeReading() {
        guard readIsHeld else { return }
        readIsHeld = false
        context?.read()
    }

    private func closeWhenWritten() {
        guard let context else { return }
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).whenComplete { _ in channel.close(promise: nil) }
    }
}
