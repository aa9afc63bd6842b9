import ArgumentParser
import BuildAPI
import BuildService
import Foundation
import HTTPAPI
import SandboxProtocol
import SourceText
import SystemPackage

/// The settings of a service, made of their text and checked; every fault names the setting and where it was set.
struct ServeSettings {
    let http: HTTPSettings
    let service: ServiceSettings
    /// Layers of the sandbox that builds do without where they cannot be had.
    let allowMissing: LayerSet
    /// Nil: callers may do what their scopes allow.
    let policy: FilePath?
    /// Certificate and key.
    let tls: (certificate: FilePath, key: FilePath)?

    /// Checks them.
    ///
    /// - Parameters:
    ///   - values: As they were set.
    ///   - home: Where the service's state lies when no setting says it.
    /// - Throws: ``ServeFault``: the first that cannot be used.
    init(_ values: ServeValues, home: FilePath) throws(ServeFault) {
        let read = ServeReader(values)
        http = try Self.http(read)
        service = try Self.service(read, home: try read.path(.home) ?? home)
        var missing: LayerSet = []
        for name in read.list(.allowMissing) {
            guard let layer = MissingLayer(argument: name) else {
                throw ServeFault(
                    "allow-missing takes \(MissingLayer.allValueStrings.joined(separator: ", ")), not \(quoted(name))")
            }
            missing.formUnion(layer.layers)
        }
        allowMissing = missing
        policy = try read.path(.policy)
        switch (try read.path(.tlsCertificate), try read.path(.tlsKey)) {
        case (nil, nil): tls = nil
        case (let certificate?, let key?): tls = (certificate, key)
        default: throw ServeFault("tls.certificate and tls.key go together: one of them is not set")
        }
    }

    private static func http(_ read: ServeReader) throws(ServeFault) -> HTTPSettings {
        let listen = try read.required(
            .listen, "HOST:PORT, [IPv6]:PORT or unix:PATH with an absolute path of at most 90 bytes"
        ) {
            ListenAddress($0)
        }
        var http = HTTPSettings(listen: listen)
        http.version = Buildbox.configuration.version
        http.socketMode = try read.required(.socketMode, "an octal mode such as 0660") { text in
            UInt32(text, radix: 8).flatMap { $0 <= 0o777 ? $0 : nil }
        }
        http.allowedHosts = Set(read.list(.allowedHosts).map { $0.lowercased() })
        http.requiresTokens = try read.flag(.requireTokens)
        http.jwt = try jwt(read)
        http.wire.connections = try read.whole(.connections, in: 1...100_000)
        http.openRequestsPerGrant = try read.whole(.openRequests, in: 1...100_000)
        http.wire.headTime = try read.time(.headTime)
        http.wire.idleTime = try read.time(.idleTime)
        http.wire.bodyRate = Int(try read.size(.bodyRate))
        return http
    }

    private static func jwt(_ read: ServeReader) throws(ServeFault) -> JWTSettings? {
        guard let issuer = read.text(.jwtIssuer) else {
            for key in [ServeKey.jwtAudience, .jwtKeys] where read.text(key) != nil {
                throw ServeFault("\(key.name) is set and jwt.issuer is not: set all three of issuer, audience and keys")
            }
            return nil
        }
        guard let audience = read.text(.jwtAudience), let keys = read.text(.jwtKeys) else {
            throw ServeFault("jwt.issuer needs jwt.audience and jwt.keys: set all three of them")
        }
        var jwt = JWTSettings(issuer: issuer, audience: audience, keys: try keyPlace(keys))
        jwt.algorithms = Set(read.list(.jwtAlgorithms))
        guard !jwt.algorithms.isEmpty, jwt.algorithms.isSubset(of: JWTSettings.knownAlgorithms) else {
            let known = JWTSettings.knownAlgorithms.sorted().joined(separator: ", ")
            throw ServeFault("jwt.algorithms takes \(known): symmetric signatures and none are not taken")
        }
        jwt.grantClaim = read.text(.jwtGrantClaim) ?? jwt.grantClaim
        jwt.scopeClaim = read.text(.jwtScopeClaim) ?? jwt.scopeClaim
        jwt.largestScopes = try read.scopes(.jwtScopes)
        return jwt
    }

    /// Keys decide who is who: they do not come over a network that others can write to.
    private static func keyPlace(_ text: String) throws(ServeFault) -> String {
        guard text.contains("://") else { return absolute(text).string }
        let url = URL(string: text)
        let isLocal = ["localhost", "127.0.0.1", "[::1]", "::1"].contains(url?.host() ?? "")
        guard let scheme = url?.scheme, scheme == "https" || scheme == "http" && isLocal else {
            throw ServeFault("jwt.keys takes a file or a URL with https (http for this host alone), not \(text)")
        }
        return text
    }

    private static func service(_ read: ServeReader, home: FilePath) throws(ServeFault) -> ServiceSettings {
        var service = ServiceSettings(home: home)
        if read.text(.running) != nil { service.running = try read.whole(.running, in: 1...4096) }
        service.queued = try read.whole(.queued, in: 0...1_000_000)
        service.queuedPerGrant = try read.whole(.queuedPerGrant, in: 0...1_000_000)
        service.awaitingPerGrant = try read.whole(.awaitingPerGrant, in: 0...100_000)
        service.folderRoots = read.list(.folders).map { absolute($0) }
        let profiles = read.list(.profiles)
        service.profiles = profiles.isEmpty ? nil : Set(profiles)
        service.largestSource = try read.size(.sourceSize)
        service.uploadedPerGrant = try read.size(.uploadSize)
        service.queueTime = try read.time(.queueTime)
        service.largestQueueTime = try read.time(.largestQueueTime)
        service.runTime = try read.time(.runTime)
        service.largestRunTime = try read.time(.largestRunTime)
        service.drainTime = try read.time(.drainTime)
        service.largestLimits.timeMs = UInt64(try read.time(.limitTime) / .milliseconds(1))
        service.largestLimits.memoryBytes = try read.size(.limitMemory)
        service.largestLimits.diskBytes = try read.size(.limitDisk)
        service.largestLimits.pids = UInt64(try read.whole(.limitPids, in: 1...4_194_304))
        service.largestLimits.logBytes = try read.size(.limitLog)
        service.retentionAge = try read.time(.retentionAge)
        service.retentionBytes = try read.size(.retentionSize)
        return service
    }
}
