import NIOCore
import NIOPosix
import Synchronization

/// A server on the loopback that remembers what it was sent and answers each connection's first
/// bytes with the same.
final class Origin: Sendable {
    private final class Answering: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let origin: Origin
        private var answered = false

        init(_ origin: Origin) { self.origin = origin }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let text = String(buffer: unwrapInboundIn(data))
            origin.received.withLock { $0.append(text) }
            guard !answered, let answer = origin.answer(text) else { return }
            answered = true
            let (channel, stays) = (context.channel, origin.staysOpen)
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer))).whenComplete { _ in
                if !stays { channel.close(promise: nil) }
            }
        }

        func errorCaught(context: ChannelHandlerContext, error _: any Error) { context.close(promise: nil) }
    }

    let port: Int
    private let channel: any Channel
    private let received: Mutex<[String]>
    private let answer: @Sendable (String) -> String?
    private let staysOpen: Bool

    /// What came, in the order in which it was read.
    var requests: [String] { received.withLock { $0 } }

    /// - Parameters:
    ///   - address: Of the loopback.
    ///   - port: 0 for one of the kernel's choice.
    ///   - staysOpen: Whether connections stay open behind the answer.
    ///   - answer: The answer to what came first; nil for silence.
    /// - Throws: What NIO throws when it cannot listen there.
    init(
        address: String = "127.0.0.1", port: Int = 0, staysOpen: Bool = false,
        answer: @escaping @Sendable (String) -> String? = { _ in "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi" }
    ) async throws {
        self.answer = answer
        self.staysOpen = staysOpen
        received = Mutex([])
        let this = OriginBox()
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture {
                    guard let origin = this.origin else { throw ChannelError.ioOnClosedChannel }
                    try child.pipeline.syncOperations.addHandler(Answering(origin))
                }
            }
            .bind(host: address, port: port).get()
        self.port = channel.localAddress?.port ?? 0
        this.set(self)
    }

    func stop() async throws { try await channel.close() }
}

/// Where a server's connections find their origin, which is made after the server.
private final class OriginBox: Sendable {
    private let value = Mutex<Origin?>(nil)

    var origin: Origin? { value.withLock { $0 } }

    func set(_ origin: Origin) { value.withLock { $0 = origin } }
}
