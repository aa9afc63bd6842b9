import NIOCore
import Synchronization

/// Connections that a test keeps.
final class ClientChannels: Sendable {
    private let channels = Mutex<[any Channel]>([])

    var all: [any Channel] { channels.withLock { $0 } }

    func add(_ channel: any Channel) { channels.withLock { $0.append(channel) } }
}

/// Closes its connection once so many bytes came.
final class Until: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let wanted: Int
    private let seen = Mutex(0)

    init(bytes: Int) { wanted = bytes }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let count = unwrapInboundIn(data).readableBytes
        let enough = seen.withLock {
            $0 += count
            return $0 >= wanted
        }
        if enough { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error _: any Error) { context.close(promise: nil) }
}
