import SystemPackage

/// What the operator told pip, by pip's names of its options: its configuration files, and above
/// them its variables (`PIP_...`).
struct PipSettings: Sendable {
    struct Setting: Equatable, Sendable {
        let value: String
        /// The variable or the file, for messages.
        let origin: String

        /// White space separates where pip takes several.
        var words: [String] { value.split(whereSeparator: \.isWhitespace).map(String.init) }

        /// As pip reads switches.
        var isOn: Bool { !["0", "false", "no", "off", "n", "f"].contains(value.lowercased()) }
    }

    /// Options that are followed.
    private static let followed: Set = [
        "index-url", "extra-index-url", "no-index", "find-links", "cert", "client-cert", "proxy", "trusted-host",
        "timeout", "default-timeout", "constraint", "keyring-provider",
    ]

    /// Options that change nothing about which packages come from where: words, colours, caches,
    /// and where pip installs, which is buildbox's own matter.
    private static let passedOver: Set = [
        "disable-pip-version-check", "no-cache-dir", "cache-dir", "quiet", "verbose", "no-color", "progress-bar", "log",
        "no-input", "exists-action", "require-virtualenv", "break-system-packages", "user", "no-warn-script-location",
        "no-warn-conflicts", "no-python-version-warning", "root-user-action", "retries", "debug", "compile",
        "no-compile",
        "upgrade", "upgrade-strategy", "src", "format", "resume-retries",
    ]

    private let settings: [String: Setting]

    /// Variables alone.
    init(environment: [String: String]) {
        settings = Self.variables(environment)
    }

    /// Files too: the system's, the user's, the interpreter's and `PIP_CONFIG_FILE`, later ones above
    /// earlier ones, and the section `[install]` above `[global]`, as pip has it.
    ///
    /// - Parameters:
    ///   - environment: The operator's variables.
    ///   - prefix: The interpreter's folder, where its own `pip.conf` lies.
    ///   - read: The text of a file; nil where there is none.
    /// - Throws: ``BuildFailure`` for an option that would change what is installed and cannot be followed.
    init(
        environment: [String: String], prefix: FilePath, read: (FilePath) -> String?
    ) throws(BuildFailure) {
        var found: [String: [String: Setting]] = [:]
        for path in Self.files(environment, prefix, read) {
            guard let text = read(path) else { continue }
            for (section, options) in try PipConfigurationFile(text, name: path.string).sections {
                found[section, default: [:]].merge(options) { $1 }
            }
        }
        let files = (found["global"] ?? [:]).merging(found["install"] ?? [:]) { $1 }
        for (option, setting) in files.sorted(by: { $0.key < $1.key })
        where !Self.followed.contains(option) && !Self.passedOver.contains(option) {
            throw BuildFailure(
                .provisioningFailed,
                "pip's configuration \(setting.origin) sets \(option), which cannot be followed: take it out, or have "
                    + "PIP_CONFIG_FILE name a file that has what builds need")
        }
        settings = files.filter { !$0.value.value.isEmpty }.merging(Self.variables(environment)) { $1 }
    }

    /// The first of these options, each another spelling of the same, that is set.
    subscript(_ options: String...) -> Setting? { options.lazy.compactMap { settings[$0] }.first }

    private static func variables(_ environment: [String: String]) -> [String: Setting] {
        var settings: [String: Setting] = [:]
        for (name, value) in environment where name.hasPrefix("PIP_") && !value.isEmpty {
            let option = name.dropFirst(4).lowercased().replacing("_", with: "-")
            settings[option] = Setting(value: value, origin: name)
        }
        return settings
    }

    /// Where pip looks, the last word last (pip's documentation, "Configuration", "Location").
    private static func files(
        _ environment: [String: String], _ prefix: FilePath, _ read: (FilePath) -> String?
    ) -> [FilePath] {
        let named = environment["PIP_CONFIG_FILE"].flatMap { $0.isEmpty ? nil : FilePath($0) }
        if named == "/dev/null" { return [] }
        let systems = (environment["XDG_CONFIG_DIRS"] ?? "/etc/xdg").split(separator: ":").map {
            FilePath(String($0)).appending("pip/pip.conf")
        }
        var files = systems + ["/etc/pip.conf"]
        let isThere = named.map { read($0) != nil } ?? false
        if let home = environment["HOME"], !home.isEmpty, !isThere {
            let settings = environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : FilePath($0) }
            files.append(FilePath(home).appending(".pip/pip.conf"))
            files.append((settings ?? FilePath(home).appending(".config")).appending("pip/pip.conf"))
        }
        files.append(prefix.appending("pip.conf"))
        return files + (named.map { [$0] } ?? [])
    }
}
