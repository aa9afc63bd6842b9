import ArgumentParser

/// The flags of `buildbox serve`. Each is a setting that can also be a variable or stand in the file.
struct ServeOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where to listen (default: 127.0.0.1:8750).", valueName: "host:port|unix:path"))
    var listen: String?

    @Option(help: ArgumentHelp("Mode of a Unix socket (default: 0600).", valueName: "octal"))
    var socketMode: String?

    @Option(
        name: .customLong("allowed-hosts"),
        help: ArgumentHelp("Names that requests on loopback may call the service, as of a proxy.", valueName: "names"))
    var allowedHosts: String?

    @Option(help: ArgumentHelp("Where the state lies (default: $XDG_CACHE_HOME/buildbox).", valueName: "dir"))
    var home: String?

    @Flag(help: "Take no request without a token, even where there is none yet.")
    var requireTokens = false

    @Option(help: ArgumentHelp("The certificate and those that lead to its root (PEM).", valueName: "file"))
    var tlsCertificate: String?

    @Option(help: ArgumentHelp("Its private key (PEM). Both are read again on SIGHUP.", valueName: "file"))
    var tlsKey: String?

    @Option(help: ArgumentHelp("Take JSON Web Tokens of this issuer.", valueName: "iss"))
    var jwtIssuer: String?

    @Option(help: ArgumentHelp("Their audience.", valueName: "aud"))
    var jwtAudience: String?

    @Option(help: ArgumentHelp("The issuer's keys (JWKS).", valueName: "file|https-url"))
    var jwtKeys: String?

    @Option(help: ArgumentHelp("Signatures that count (default: ES256,ES384,EdDSA,PS256,RS256).", valueName: "names"))
    var jwtAlgorithms: String?

    @Option(help: ArgumentHelp("The claim that names the grant (default: sub).", valueName: "claim"))
    var jwtGrantClaim: String?

    @Option(help: ArgumentHelp("The claim that lists scopes (default: scope).", valueName: "claim"))
    var jwtScopeClaim: String?

    @Option(help: ArgumentHelp("Scopes that such a token has at most (default: build,read).", valueName: "scopes"))
    var jwtScopes: String?

    @Option(help: ArgumentHelp("Builds at once (default: one for each processor).", valueName: "count"))
    var running: String?

    @Option(help: ArgumentHelp("Jobs that may wait in all (default: 10000).", valueName: "count"))
    var queued: String?

    @Option(help: ArgumentHelp("Jobs of one grant that may wait (default: 1000).", valueName: "count"))
    var queuedPerGrant: String?

    @Option(help: ArgumentHelp("Folders below which a request may name its source.", valueName: "dirs"))
    var folders: String?

    @Option(help: ArgumentHelp("Profiles that a request may name (default: every one).", valueName: "names"))
    var profiles: String?

    @Option(
        help: ArgumentHelp(
            "What decides on builds (buildbox policy check); read again when it changes.", valueName: "file"))
    var policy: String?

    @Option(help: ArgumentHelp("The largest source (default: 512MiB).", valueName: "size"))
    var sourceSize: String?

    @Option(help: ArgumentHelp("How long running builds may go on at the end (default: 5m).", valueName: "time"))
    var drainTime: String?

    /// What was set, by key.
    var flags: [String: String] {
        var flags: [ServeKey: String?] = [
            .listen: listen, .socketMode: socketMode, .allowedHosts: allowedHosts, .home: home,
            .tlsCertificate: tlsCertificate, .tlsKey: tlsKey, .jwtIssuer: jwtIssuer, .jwtAudience: jwtAudience,
            .jwtKeys: jwtKeys, .jwtAlgorithms: jwtAlgorithms, .jwtGrantClaim: jwtGrantClaim,
            .jwtScopeClaim: jwtScopeClaim, .jwtScopes: jwtScopes, .running: running, .queued: queued,
            .queuedPerGrant: queuedPerGrant, .folders: folders, .profiles: profiles, .policy: policy,
            .sourceSize: sourceSize,
            .drainTime: drainTime,
        ]
        if requireTokens { flags[.requireTokens] = "true" }
        return Dictionary(uniqueKeysWithValues: flags.compactMap { key, value in value.map { (key.name, $0) } })
    }
}
