import EgressProxy
import Logging

/// The way of one contained installer to its indexes: a proxy of this process, and the variables
/// that lead there.
struct IndexAccess {
    /// Where the proxy is heard inside, the port that proxies commonly have. The namespace is empty
    /// but for it.
    static let port: UInt16 = 3128

    private let index: IndexConfiguration
    private let logger: Logger

    init(_ index: IndexConfiguration, _ logger: Logger) {
        self.index = index
        self.logger = logger
    }

    /// What the installer is told. There is no NO_PROXY: nothing can be reached another way.
    var variables: [String: String] {
        let proxy = "http://127.0.0.1:\(Self.port)"
        return index.variables.merging([
            "HTTP_PROXY": proxy, "HTTPS_PROXY": proxy, "ALL_PROXY": proxy,
            // Later than the proxy's own limit, so that the cause of a stalled transfer is told.
            "UV_HTTP_TIMEOUT": "\(index.timeout + 5)",
        ]) { $1 }
    }

    func makeProxy() -> EgressProxy {
        var limits = EgressLimits()
        limits.idleTime = .seconds(index.timeout)
        return EgressProxy(policy: index.hosts.policy, upstream: index.upstream, limits: limits, logger: logger)
    }
}
