public import Logging
import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// An HTTP/1.1 proxy (RFC 9110) that lets its clients reach some hosts and nothing else, and tells
/// afterwards what it did. One serves one listening socket, on a thread of its own, from ``serve(_:)``
/// to ``stop()``; nothing of it is left then.
public final class EgressProxy: Sendable {
    private struct Serving {
        let group: MultiThreadedEventLoopGroup
        let channels: OpenChannels
        let server: EventLoopFuture<any Channel>
    }

    private enum State {
        case idle
        case serving(Serving)
        case stopped
    }

    private let policy: EgressPolicy
    private let upstream: UpstreamRoutes
    private let limits: EgressLimits
    private let resolver: any NameResolver
    private let ledger: EgressLedger
    private let logger: Logger
    private let state = Mutex(State.idle)

    /// - Parameters:
    ///   - policy: Which hosts may be reached.
    ///   - upstream: The operator's own proxies, which the way out then leads through.
    ///   - limits: Bounds on what it does.
    ///   - resolver: Says what addresses names have, for every way that is not through such a proxy.
    ///   - logger: Gets each connection, as it ends, at the level debug.
    public init(
        policy: EgressPolicy, upstream: UpstreamRoutes = .none, limits: EgressLimits = EgressLimits(),
        resolver: any NameResolver = SystemNameResolver(), logger: Logger
    ) {
        self.policy = policy
        self.upstream = upstream
        self.limits = limits
        self.resolver = resolver
        self.logger = logger
        ledger = EgressLedger(limits: limits, logger: logger)
    }

    /// Starts to accept clients. Returns at once.
    ///
    /// - Parameter listener: A TCP socket that listens already, in whatever network namespace. It is
    ///   the proxy's from now on, and closed by ``stop()``. A second one, or one after the end, is closed at once.
    public func serve(_ listener: Int32) {
        let accepted = state.withLock { state in
            guard case .idle = state else { return false }
            let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            let channels = OpenChannels(eventLoop: group.next())
            state = .serving(Serving(group: group, channels: channels, server: accept(listener, group, channels)))
            return true
        }
        if !accepted { close(listener) }
    }

    private func accept(
        _ listener: Int32, _ group: MultiThreadedEventLoopGroup, _ channels: OpenChannels
    ) -> EventLoopFuture<any Channel> {
        let dialer = Dialer(
            policy: policy, upstream: upstream, resolver: resolver, limits: limits, channels: channels)
        let (limits, ledger) = (limits, ledger)
        let server = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelInitializer { channels.add($0) }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channels.add(channel).flatMapThrowing {
                    let account = ConnectionAccount(ledger)
                    guard ledger.open() else {
                        account.finish()
                        throw EgressError(.limit, "more than \(limits.connections) connections at once")
                    }
                    let codec = ClientCodec(limits)
                    let operations = channel.pipeline.syncOperations
                    try operations.addHandler(IdleStateHandler(allTimeout: TimeAmount(limits.idleTime)))
                    try codec.install(in: channel.pipeline)
                    try operations.addHandler(ClientEnd(codec, dialer, account))
                }
            }
            .withBoundSocket(listener)
        server.whenFailure { [logger] error in
            logger.warning("the egress proxy cannot serve its socket", metadata: ["error": "\(error)"])
        }
        return server
    }

    /// Ends every connection, and returns when no thread, task or descriptor of the proxy is left.
    /// A name that the C library is still resolving then is the exception: its thread ends by itself.
    ///
    /// - Returns: What went through. The same again for a second call.
    public func stop() async -> EgressReport {
        let serving = state.withLock { state in
            defer { state = .stopped }
            if case .serving(let serving) = state { return serving as Serving? }
            return nil
        }
        if let serving {
            // The listening socket is open or failed by then; `end` closes it like any other.
            _ = await Result { () async throws in try await serving.server.get() }
            await serving.channels.end()
            let ended = await Result { () async throws in try await serving.group.shutdownGracefully() }
            if case .failure(let error) = ended {
                logger.warning("the egress proxy's thread did not end", metadata: ["error": "\(error)"])
            }
        }
        return ledger.report
    }
}
