import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// What listens and connects on the loopback for tests.
enum Loopback {
    /// A listening socket on a port of the kernel's choice, as a launcher hands one over.
    static func listener() throws -> (descriptor: Int32, port: Int) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                bind(descriptor, raw, length) == 0 && listen(descriptor, 16) == 0
                    && getsockname(descriptor, raw, &length) == 0
            }
        }
        guard port else { throw ChannelError.ioOnClosedChannel }
        return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
    }

    /// Sends `text`, then reads until the other side ends the connection.
    static func exchange(_ text: String, port: Int) async throws -> String {
        let received = Received()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { $0.pipeline.addHandler(received) }
            .connect(host: "127.0.0.1", port: port).get()
        // What ends the connection at once may do so before everything is sent.
        channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
        try await channel.closeFuture.get()
        return received.text
    }
}

/// Gathers what a connection brings.
final class Received: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let bytes = Mutex<[UInt8]>([])

    var text: String { String(decoding: bytes.withLock { $0 }, as: UTF8.self) }

    func channelRead(context _: ChannelHandlerContext, data: NIOAny) {
        let more = Array(unwrapInboundIn(data).readableBytesView)
        bytes.withLock { $0 += more }
    }

    func errorCaught(context: ChannelHandlerContext, error _: any Error) { context.close(promise: nil) }
}
