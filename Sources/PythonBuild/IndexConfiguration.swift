import FoundationEssentials
import SandboxProtocol
import SystemPackage

/// Where the operator wants packages from, for the installer. It comes from the operator's own
/// environment (the variables of pip and of uv) and never from a project.
struct IndexConfiguration: Sendable {
    /// Options for uv.
    private(set) var options: [String] = []
    /// Variables for uv, in the phases that may use the network.
    private(set) var variables: [String: String] = [:]
    /// Files and folders of the host that these name.
    private(set) var mounts: [MountStep] = []

    init(environment: [String: String]) {
        func first(_ names: String...) -> String? {
            names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        }
        if let index = first("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL") {
            options += ["--default-index", index]
        }
        for index in words(first("PIP_EXTRA_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL")) {
            // The best version wherever it is: pip's way.
            options += ["--index", index]
        }
        options += ["--index-strategy", "unsafe-best-match"]
        if let flag = first("PIP_NO_INDEX"), flag != "0", flag.lowercased() != "false" { options.append("--no-index") }
        for host in words(first("PIP_TRUSTED_HOST")) { options += ["--allow-insecure-host", host] }
        // pip separates with white space, uv with commas.
        let links =
            first("PIP_FIND_LINKS").map { words($0) } ?? words(first("UV_FIND_LINKS")?.replacing(",", with: " "))
        for (number, link) in links.enumerated() {
            options += ["--find-links", show(link, number)]
        }
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] {
            if let value = first(name.lowercased(), name) { variables[name] = value }
        }
        trustCertificates(first("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"))
    }

    /// What a resolution depends on beside its requirements.
    var digest: String {
        hexadecimalDigest(options + variables.map { "\($0.key)=\($0.value)" }.sorted())
    }

    private mutating func show(_ link: String, _ number: Int) -> String {
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
        } else if FileManager.default.fileExists(atPath: file) {
            mounts.append(
                .bind(
                    source: file, at: "/order/certificates.pem", access: readAccess(to: FilePath(file), asOwner: true)))
            variables["SSL_CERT_FILE"] = "/order/certificates.pem"
        }
    }
}

private func words(_ text: String?) -> [String] {
    (text ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
}
