import Glibc
import NIOCore
import NIOPosix

/// Makes connections to where the policy allows it: every address is looked at before it is
/// connected to, and the connection goes to the very address that was looked at.
struct Dialer: Sendable {
    let policy: EgressPolicy
    let upstream: UpstreamRoutes
    let resolver: any NameResolver
    let limits: EgressLimits
    let channels: OpenChannels

    /// A connection, not reading yet: to the request's host, or to a proxy of the operator's that leads there.
    struct Line: Sendable {
        let channel: any Channel
        let proxy: UpstreamProxy?
    }

    /// - Throws: ``EgressError`` when the policy does not allow it or no connection can be had.
    func dial(_ request: EgressRequest) async throws(EgressError) -> Line {
        let target = request.target
        guard let host = policy.host(for: target) else {
            throw EgressError(
                .refused, "\(target) was asked for, which is no host that may be reached: \(policy.remedy)")
        }
        guard let proxy = upstream.proxy(for: request) else {
            let addresses = try permitted(try await resolve(target), host)
            return Line(channel: try await connect(to: addresses, for: "\(target)"), proxy: nil)
        }
        // The operator named the proxy, so that its address is not looked at; which hosts may be
        // reached through it is the policy's by name. It resolves them.
        if let address = IPAddress(literal: target.host), !host.permits(AddressKind(of: address)) {
            throw Self.forbidden(target, [address])
        }
        let way = EgressTarget(host: proxy.host, port: proxy.port)
        let channel = try await connect(to: try await resolve(way), for: "the proxy \(way)")
        return Line(channel: channel, proxy: proxy)
    }

    private func resolve(_ target: EgressTarget) async throws(EgressError) -> [SocketAddress] {
        if let literal = Result(catching: { try SocketAddress(ipAddress: target.host, port: target.port) }).success {
            return [literal]
        }
        let (resolver, time) = (resolver, limits.dialTime)
        let result = await withTaskGroup(of: Result<[SocketAddress], EgressError>.self) { group in
            group.addTask {
                await Result { () async throws(EgressError) in
                    try await resolver.addresses(of: target.host, port: target.port)
                }
            }
            group.addTask {
                // It is cancelled when the other is first, and its answer then not looked at.
                _ = await Result { () async throws in try await Task.sleep(for: time) }
                return .failure(
                    EgressError(.timeout, "the resolver did not say in time what address \(target.host) has"))
            }
            let first = await group.next()
            group.cancelAll()
            return first
        }
        guard let result else { throw EgressError(.timeout, "the resolver said nothing about \(target.host)") }
        return try result.get()
    }

    private func permitted(_ addresses: [SocketAddress], _ host: EgressHost) throws(EgressError) -> [SocketAddress] {
        let permitted = addresses.filter { address in
            IPAddress(address).map { host.permits(AddressKind(of: $0)) } ?? false
        }
        guard permitted.isEmpty else { return permitted }
        throw Self.forbidden(EgressTarget(host: host.name, port: host.port), addresses.compactMap(IPAddress.init))
    }

    private static func forbidden(_ target: EgressTarget, _ addresses: [IPAddress]) -> EgressError {
        let kinds = addresses.map { "\($0) (\(AddressKind(of: $0).name))" }.joined(separator: ", ")
        return EgressError(
            .refused,
            "\(target) has the address \(kinds), where nothing may be reached under this name: a host that the operator "
                + "names may be of this machine or a private network, a link-local address only as such")
    }

    private func connect(to addresses: [SocketAddress], for what: String) async throws(EgressError) -> any Channel {
        var cause = "no address"
        let channels = channels
        for address in addresses {
            do {
                return try await ClientBootstrap(group: channels.eventLoop)
                    .connectTimeout(TimeAmount(limits.dialTime))
                    .channelOption(.autoRead, value: false)
                    .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                    .channelInitializer { channels.add($0) }
                    .connect(to: address)
                    .get()
            } catch let error as IOError {
                cause = "\(address.ipAddress ?? ""): \(String(cString: strerror(error.errnoCode)))"
            } catch is ChannelError {
                cause = "\(address.ipAddress ?? ""): no answer"
            } catch {
                cause = "\(address.ipAddress ?? ""): \(error)"
            }
            if Task.isCancelled { break }
        }
        throw EgressError(.unreachable, "no connection to \(what): \(cause)")
    }
}
