import EgressProxy
import FoundationEssentials
import SandboxProtocol
import SystemPackage

/// Where the operator wants packages from, for the installer. It comes from the operator's own
/// settings of pip and of uv and never from a project.
struct IndexConfiguration: Sendable {
    /// Options for uv.
    private(set) var options: [String] = []
    /// Variables for uv, in the phases that may use the network.
    private(set) var variables: [String: String] = [:]
    /// Files and folders of the host that these name.
    private(set) var mounts: [MountStep] = []
    /// What the installer may reach.
    private(set) var hosts = IndexHosts()
    /// The operator's own proxies.
    let upstream: UpstreamRoutes
    /// Files that constrain every resolution, as pip's own `constraint` does.
    private(set) var constraints: [FilePath] = []
    /// How long a transfer may stand still, in seconds: 30 as uv has it, or pip's timeout.
    private(set) var timeout = 30

    /// pip's settings go before uv's.
    ///
    /// - Throws: ``BuildFailure`` for a setting that cannot be followed.
    init(environment: [String: String], pip: PipSettings, uv: UvSettings) throws(BuildFailure) {
        upstream = try Self.routes(environment, pip)
        let index = pip["index-url"]?.value ?? uv.defaultIndex
        if let index {
            options += ["--default-index", index]
            hosts.add(index)
        }
        for index in pip["extra-index-url"]?.words ?? uv.indexes {
            // The best version wherever it is: pip's way.
            options += ["--index", index]
            hosts.add(index.split(separator: "=", maxSplits: 1).last.map(String.init) ?? index)
        }
        options += ["--index-strategy", "unsafe-best-match"]
        if pip["no-index"]?.isOn ?? uv.hasNoIndex {
            options.append("--no-index")
        } else if index == nil {
            hosts.addDefault()
        }
        for host in pip["trusted-host"]?.words ?? uv.insecureHosts { options += ["--allow-insecure-host", host] }
        for (number, link) in (pip["find-links"]?.words ?? uv.links).enumerated() {
            hosts.add(link)
            options += ["--find-links", show(link, number)]
        }
        try hosts.addNamed(environment[IndexHosts.variable] ?? "")
        trustCertificates(pip["cert"]?.value ?? uv.certificates)
        identify(with: pip["client-cert"]?.value ?? uv.clientCertificate)
        try setTimeout(pip["timeout", "default-timeout"] ?? uv.timeout)
        try constrain(pip["constraint"]?.words ?? uv.constraints, pip["constraint"]?.origin ?? "UV_CONSTRAINT")
    }

    /// Adds what the operator says to the hosts of indexes and pages of links.
    mutating func add(_ credentials: IndexCredentials) async throws(BuildFailure) {
        for place in options.indices.dropLast()
        where ["--default-index", "--index", "--find-links"].contains(options[place]) {
            let named = options[place + 1].split(separator: "=", maxSplits: 1).map(String.init)
            if named.count == 2, !named[0].contains("/") {
                options[place + 1] = "\(named[0])=\(try await credentials.complete(named[1]))"
            } else {
                options[place + 1] = try await credentials.complete(options[place + 1])
            }
        }
    }

    /// What a resolution depends on beside its requirements.
    var digest: String {
        hexadecimalDigest(options + variables.map { "\($0.key)=\($0.value)" }.sorted())
    }

    /// What is left of the options where no network may be used: folders of links.
    var offlineOptions: [String] {
        var links: [String] = []
        for place in options.indices.dropLast()
        where options[place] == "--find-links" && options[place + 1].hasPrefix("/") {
            links += options[place...(place + 1)]
        }
        return ["--offline", "--no-index"] + links
    }

    private static func routes(
        _ environment: [String: String], _ pip: PipSettings
    ) throws(BuildFailure) -> UpstreamRoutes {
        // pip's own proxy is for everything (its session then reads no variables).
        let proxies = pip["proxy"].map { ["ALL_PROXY": $0.value] } ?? environment
        do throws(EgressError) {
            return try UpstreamRoutes(environment: proxies)
        } catch {
            throw BuildFailure(.provisioningFailed, error.message)
        }
    }

    private mutating func show(_ link: String, _ number: Int) -> String {
        let link = link.hasPrefix("file:///") ? String(link.dropFirst(7)) : link
        guard link.hasPrefix("/") else { return link }
        let inside = "/links/\(number)"
        mounts.append(.bind(source: link, at: inside, access: readAccess(to: FilePath(link), asOwner: true)))
        return inside
    }

    private mutating func trustCertificates(_ named: String?) {
        let system = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"]
        guard let file = named ?? system.first(where: { FileManager.default.fileExists(atPath: $0) }) else { return }
        if system.contains(file) {
            variables["SSL_CERT_FILE"] = file
        } else {
            show(file, as: "SSL_CERT_FILE", at: "/order/certificates.pem")
        }
    }

    private mutating func identify(with file: String?) {
        if let file { show(file, as: "SSL_CLIENT_CERT", at: "/order/client.pem") }
    }

    private mutating func show(_ file: String, as variable: String, at inside: String) {
        guard FileManager.default.fileExists(atPath: file) else { return }
        mounts.append(.bind(source: file, at: inside, access: readAccess(to: FilePath(file), asOwner: true)))
        variables[variable] = inside
    }

    private mutating func setTimeout(_ setting: PipSettings.Setting?) throws(BuildFailure) {
        guard let setting else { return }
        guard let seconds = Double(setting.value), (1...86_400).contains(seconds.rounded(.up)) else {
            throw BuildFailure(
                .provisioningFailed,
                "\(setting.origin): \"\(setting.value)\" is no number of seconds up to a day")
        }
        timeout = Int(seconds.rounded(.up))
    }

    private mutating func constrain(_ files: [String], _ origin: String) throws(BuildFailure) {
        for file in files {
            guard !file.contains("://") else {
                throw BuildFailure(
                    .provisioningFailed, "\(origin): constraints are read from files, and \(file) is a URL")
            }
            constraints.append(FilePath(file))
        }
    }
}
