/// Every setting there is, in the order in which `--print-config` shows them. What has no default here is unset.
extension ServeKey {
    static let listen = ServeKey("listen", standard: "127.0.0.1:8750")
    static let socketMode = ServeKey("socket-mode", standard: "0600")
    static let allowedHosts = ServeKey("allowed-hosts", .several)
    static let home = ServeKey("home")
    static let requireTokens = ServeKey("require-tokens", standard: "false")
    static let tlsCertificate = ServeKey("tls.certificate")
    static let tlsKey = ServeKey("tls.key")
    static let jwtIssuer = ServeKey("jwt.issuer")
    static let jwtAudience = ServeKey("jwt.audience")
    static let jwtKeys = ServeKey("jwt.keys")
    static let jwtAlgorithms = ServeKey("jwt.algorithms", .several, standard: "ES256,ES384,EdDSA,PS256,RS256")
    static let jwtGrantClaim = ServeKey("jwt.grant-claim", standard: "sub")
    static let jwtScopeClaim = ServeKey("jwt.scope-claim", standard: "scope")
    static let jwtScopes = ServeKey("jwt.scopes", .several, standard: "build,read")
    static let running = ServeKey("running")
    static let queued = ServeKey("queued", standard: "10000")
    static let queuedPerGrant = ServeKey("queued-per-grant", standard: "1000")
    static let folders = ServeKey("folders", .several)
    static let profiles = ServeKey("profiles", .several)
    static let policy = ServeKey("policy")
    static let awaitingPerGrant = ServeKey("awaiting-per-grant", standard: "10")
    static let allowMissing = ServeKey("allow-missing", .several)
    static let sourceSize = ServeKey("source-size", standard: "512MiB")
    static let uploadSize = ServeKey("upload-size", standard: "4GiB")
    static let queueTime = ServeKey("queue-time", standard: "24h")
    static let largestQueueTime = ServeKey("largest-queue-time", standard: "168h")
    static let runTime = ServeKey("run-time", standard: "1h")
    static let largestRunTime = ServeKey("largest-run-time", standard: "6h")
    static let drainTime = ServeKey("drain-time", standard: "5m")
    static let limitTime = ServeKey("limits.time", standard: "1h")
    static let limitMemory = ServeKey("limits.memory", standard: "16GiB")
    static let limitDisk = ServeKey("limits.disk", standard: "16GiB")
    static let limitPids = ServeKey("limits.pids", standard: "8192")
    static let limitLog = ServeKey("limits.log", standard: "4GiB")
    static let retentionAge = ServeKey("retention.age", standard: "168h")
    static let retentionSize = ServeKey("retention.size", standard: "20GiB")
    static let connections = ServeKey("connections", standard: "1024")
    static let openRequests = ServeKey("open-requests", standard: "768")
    static let headTime = ServeKey("head-time", standard: "10s")
    static let idleTime = ServeKey("idle-time", standard: "60s")
    static let bodyRate = ServeKey("body-rate", standard: "1KiB")

    static let all: [ServeKey] = [
        listen, socketMode, allowedHosts, home, requireTokens, tlsCertificate, tlsKey, jwtIssuer, jwtAudience, jwtKeys,
        jwtAlgorithms, jwtGrantClaim, jwtScopeClaim, jwtScopes, running, queued, queuedPerGrant, folders, profiles,
        policy, awaitingPerGrant, allowMissing, sourceSize, uploadSize, queueTime, largestQueueTime, runTime,
        largestRunTime, drainTime,
        limitTime, limitMemory,
        limitDisk, limitPids, limitLog, retentionAge, retentionSize, connections, openRequests, headTime, idleTime,
        bodyRate,
    ]
}
