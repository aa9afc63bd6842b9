public import BuildService
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
public import ServiceLifecycle
import SystemPackage

/// The HTTP front door of a ``BuildService``.
public enum HTTPAPI {
    /// Makes the application. It listens once it runs; on graceful shutdown it takes no more connections, ends its
    /// streams and lets the other requests come to their end.
    ///
    /// - Parameters:
    ///   - service: Does the work.
    ///   - settings: What the operator set.
    ///   - tls: Nil for plain HTTP.
    ///   - metrics: What `/metrics` shows.
    ///   - logger: Told of requests and faults.
    ///   - onListening: Called once, with the address that clients use.
    /// - Returns: The application; it does nothing before it is run.
    /// - Throws: ``ListenFault``: without tokens or an issuer it may not listen there, or it cannot; ``ServiceFault``:
    ///   the tokens cannot be read.
    public static func build(
        service: BuildService, settings: HTTPSettings, tls: ServerTLS?, metrics: PrometheusMetrics, logger: Logger,
        onListening: @escaping @Sendable (_ address: ListenAddress, _ isOpen: Bool) async -> Void
    ) async throws -> any Service {
        let hasTokens = settings.requiresTokens ? true : !(try await service.tokens.list().isEmpty)
        let isOpen = !hasTokens && settings.jwt == nil
        guard !isOpen || settings.listen.isLocal else {
            throw ListenFault(
                "without tokens or an issuer everybody who reaches \(settings.listen) could build: make a token "
                    + "(buildbox token create --grant NAME), set an issuer (--jwt-issuer), or listen on 127.0.0.1 or "
                    + "unix:PATH")
        }
        if !settings.listen.isLocal, tls == nil {
            logger.warning("tokens travel in the clear: set a certificate (--tls-certificate), or put a proxy in front")
        }
        let responder = responder(service, settings, isOpen: isOpen, metrics: metrics, logger: logger)
        let socket: PrivateSocket? =
            if case .unix(let path) = settings.listen {
                try PrivateSocket(path: FilePath(path), mode: settings.socketMode)
            } else { nil }
        let application = Application(
            responder: responder,
            server: HTTPServerBuilder { GuardedChannel(responder: $0, limits: settings.wire, tls: tls) },
            configuration: ApplicationConfiguration(
                address: address(settings.listen, socket), serverName: "buildbox", backlog: 1024,
                availableConnectionsDelegate: .maximum(settings.wire.connections, logger: logger)),
            onServerRunning: { channel in
                await onListening(await published(settings.listen, channel, socket, logger), isOpen)
            },
            logger: logger)
        return ListeningService(application: application, address: settings.listen, socket: socket)
    }

    private static func responder(
        _ service: BuildService, _ settings: HTTPSettings, isOpen: Bool, metrics: PrometheusMetrics, logger: Logger
    ) -> APIResponder {
        let isSocket = if case .unix = settings.listen { true } else { false }
        let jwt = settings.jwt.map { jwt in
            JWTVerifier(settings: jwt, source: JWTKeySource(place: jwt.keys, logger: logger))
        }
        return APIResponder(
            origins: OriginCheck(names: settings.allowedHosts, isOn: settings.listen.isLocal && !isSocket),
            authenticator: Authenticator(
                tokens: service.tokens, jwt: jwt, isOpen: isOpen, localSubject: isSocket ? "socket" : "loopback",
                refusals: RefusalLog { service.audit($0) }, logger: logger),
            openRequests: OpenRequests(most: settings.openRequestsPerGrant),
            builds: BuildRoutes(service: service), blobs: BlobRoutes(service: service),
            artifacts: ArtifactRoute(service: service), logs: LogRoute(service: service),
            events: EventsRoute(service: service, heartbeat: settings.heartbeat),
            approvals: ApprovalRoutes(service: service),
            health: HealthRoutes(service: service, metrics: metrics),
            mcp: MCPRoute(service: service, settings: settings))
    }

    private static func address(_ listen: ListenAddress, _ socket: PrivateSocket?) -> BindAddress {
        switch listen {
        case .tcp(let host, let port): .hostname(host, port: port)
        case .unix(let path): .unixDomainSocket(path: socket?.draft.string ?? path)
        }
    }

    /// The address with the port that the system chose; a socket gets its name here.
    private static func published(
        _ listen: ListenAddress, _ channel: any Channel, _ socket: PrivateSocket?, _ logger: Logger
    ) async -> ListenAddress {
        do throws(ListenFault) {
            try socket?.publish()
        } catch {
            logger.critical("cannot listen", metadata: ["cause": "\(error)"])
            channel.close(promise: nil)
        }
        guard case .tcp(let host, _) = listen, let port = channel.localAddress?.port else { return listen }
        return .tcp(host: host, port: port)
    }
}
