import Logging
import NIOCore

@testable import EgressProxy

/// Runs `body` with a proxy's port, and tells what the proxy did.
func proxied(
    _ hosts: [EgressHost], upstream: UpstreamRoutes = .none, resolver: any NameResolver = SystemNameResolver(),
    limits: EgressLimits = EgressLimits(), _ body: (Int) async throws -> Void
) async throws -> EgressReport {
    let (descriptor, port) = try Loopback.listener()
    let proxy = EgressProxy(
        policy: EgressPolicy(hosts: hosts, remedy: "name it"), upstream: upstream, limits: limits, resolver: resolver,
        logger: Logger(label: "test"))
    proxy.serve(descriptor)
    let result: Result<Void, any Error>
    do { result = .success(try await body(port)) } catch { result = .failure(error) }
    let report = await proxy.stop()
    try result.get()
    return report
}

/// A host that the operator named, and one of a default.
func named(_ name: String, _ port: Int) -> EgressHost { EgressHost(name: name, port: port, reach: .anyAddress) }
func known(_ name: String, _ port: Int) -> EgressHost { EgressHost(name: name, port: port, reach: .publicAddresses) }
