import SystemPackage

/// What the operator told uv: its configuration file, and above it its variables (`UV_...`).
struct UvSettings: Equatable, Sendable {
    /// The index in place of the default one.
    private(set) var defaultIndex: String?
    private(set) var indexes: [String] = []
    /// URLs, and folders of this host.
    private(set) var links: [String] = []
    private(set) var insecureHosts: [String] = []
    private(set) var hasNoIndex = false
    private(set) var asksKeyring = false
    private(set) var constraints: [String] = []
    private(set) var timeout: PipSettings.Setting?
    private(set) var certificates: String?
    private(set) var clientCertificate: String?

    /// Options of a configuration file that change nothing about which packages come from where, or that are
    /// buildbox's own matter.
    private static let passedOver: Set = [
        "allow-existing", "break-system-packages", "cache-dir", "cache-keys", "check-url", "color",
        "compile-bytecode", "concurrent-builds", "concurrent-downloads", "concurrent-installs", "emit-index-url",
        "index-strategy", "link-mode", "native-tls", "no-cache", "no-color", "no-progress", "offline", "prefix",
        "preview", "preview-features", "publish-url", "python", "python-downloads", "python-downloads-json-url",
        "python-install-mirror", "python-platform", "python-preference", "python-version", "pypy-install-mirror",
        "required-version", "strict", "system", "system-certs", "target", "trusted-publishing", "verify-hashes",
    ]

    /// Variables that change what a resolution gives.
    private static let refused = [
        "UV_EXCLUDE_NEWER", "UV_OVERRIDE", "UV_PRERELEASE", "UV_RESOLUTION", "UV_FORK_STRATEGY", "UV_NO_BINARY",
        "UV_NO_BINARY_PACKAGE", "UV_NO_BUILD", "UV_NO_BUILD_PACKAGE",
    ]

    /// - Parameters:
    ///   - environment: The operator's variables.
    ///   - file: The options of the configuration file that counts, and its path for messages.
    /// - Throws: ``BuildFailure`` for what would change what is installed and cannot be followed.
    init(
        environment: [String: String], file: (path: FilePath, options: [String: [String]])? = nil
    ) throws(BuildFailure) {
        func variable(_ names: String...) -> String? {
            names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        }
        for name in Self.refused where variable(name) != nil {
            throw BuildFailure(
                .provisioningFailed, "\(name) is set, which builds cannot follow: start buildbox without it")
        }
        if let file { try read(file.options, of: file.path) }
        defaultIndex = variable("UV_DEFAULT_INDEX", "UV_INDEX_URL") ?? defaultIndex
        if let text = variable("UV_INDEX", "UV_EXTRA_INDEX_URL") { indexes = words(text) }
        // uv separates with commas.
        if let text = variable("UV_FIND_LINKS") { links = words(text.replacing(",", with: " ")) }
        if let text = variable("UV_INSECURE_HOST") { insecureHosts = words(text) }
        if let text = variable("UV_CONSTRAINT") { constraints = words(text) }
        if let text = variable("UV_KEYRING_PROVIDER") { asksKeyring = text == "subprocess" }
        timeout = variable("UV_HTTP_TIMEOUT").map { .init(value: $0, origin: "UV_HTTP_TIMEOUT") }
        certificates = variable("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
        clientCertificate = variable("SSL_CLIENT_CERT")
    }

    private mutating func read(_ options: [String: [String]], of file: FilePath) throws(BuildFailure) {
        for (option, values) in options.sorted(by: { $0.key < $1.key }) where !Self.passedOver.contains(option) {
            switch option {
            case "index-url": defaultIndex = defaultIndex ?? values.first
            case "default-index": defaultIndex = values.first
            case "index": indexes = values + indexes
            case "extra-index-url": indexes += values
            case "find-links": links = values
            case "allow-insecure-host": insecureHosts = values
            case "no-index": hasNoIndex = values == ["true"]
            case "keyring-provider": asksKeyring = values == ["subprocess"]
            default:
                throw BuildFailure(
                    .provisioningFailed,
                    "uv's configuration \(file) sets \(option), which cannot be followed: take it out, or have "
                        + "UV_CONFIG_FILE name a file that has what builds need")
            }
        }
    }

    /// The configuration file that counts for a command that is in no project (uv's documentation, "Configuration
    /// files"); nil where there is none that can be read.
    static func file(_ environment: [String: String], isThere: (FilePath) -> Bool) -> FilePath? {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        if let off = value("UV_NO_CONFIG"), !["0", "false"].contains(off.lowercased()) { return nil }
        if let named = value("UV_CONFIG_FILE") { return FilePath(named) }
        let user = value("XDG_CONFIG_HOME") ?? value("HOME").map { "\($0)/.config" }
        let system = (value("XDG_CONFIG_DIRS") ?? "/etc/xdg").split(separator: ":").map(String.init)
        let folders = (user.map { [$0] } ?? []) + system + ["/etc"]
        return folders.map { FilePath($0).appending("uv/uv.toml") }.first(where: isThere)
    }
}

func words(_ text: String?) -> [String] {
    (text ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
}
