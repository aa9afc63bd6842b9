import NIOCore
import NIOHTTP1

/// The handlers that read a client's request and write its answer, until the connection is a tunnel.
/// The handlers are used on one event loop alone.
final class ClientCodec {
    private let guardian: HeadGuard
    private let encoder = HTTPResponseEncoder()
    private let decoder = ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes))
    private var isGuarded = true

    init(_ limits: EgressLimits) {
        guardian = HeadGuard(limits)
    }

    func install(in pipeline: ChannelPipeline) throws {
        try pipeline.syncOperations.addHandlers([guardian, encoder, decoder])
    }

    func headIsComplete(in pipeline: ChannelPipeline) {
        guard isGuarded else { return }
        isGuarded = false
        pipeline.syncOperations.removeHandler(guardian, promise: nil)
    }

    /// Answers CONNECT and takes every handler of HTTP out (RFC 9110, 9.3.6).
    func becomeTunnel(_ channel: any Channel, from end: ClientEnd) {
        let operations = channel.pipeline.syncOperations
        operations.removeHandler(encoder, promise: nil)
        channel.writeAndFlush(ByteBuffer(string: "HTTP/1.1 200 Connection established\r\n\r\n"), promise: nil)
        operations.removeHandler(end, promise: nil)
        operations.removeHandler(decoder, promise: nil)
    }
}
