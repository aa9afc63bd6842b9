import BuildService
import Foundation
import HTTPAPI
import Logging
import Policy
import SystemPackage

/// What the service says once it listens: where, whom it takes, and what to do next.
struct ServeGreeting {
    let address: ListenAddress
    /// Nobody needs a token.
    let isOpen: Bool
    let isSecure: Bool
    let policy: PolicySource?

    func show(_ logger: Logger) {
        guard isatty(STDERR_FILENO) != 0 else {
            return logger.notice(
                "listening",
                metadata: ["address": "\(address)", "url": "\(url)", "callers": "\(callers)", "policy": "\(rules)"])
        }
        let text = "buildbox: listening on \(url)\n          \(callers)\n          \(rules)\n          next: \(next)\n"
        FileHandle.standardError.write(Data(text.utf8))
    }

    private var url: String {
        switch address {
        case .unix: "\(address)"
        case .tcp: (isSecure ? "https://" : "http://") + address.description
        }
    }

    private var callers: String {
        guard isOpen else { return "callers need a token (buildbox token create --grant NAME) or the issuer's JWT" }
        return switch address {
        case .unix: "whoever may open the socket is the grant local, with every scope"
        case .tcp: "whoever is on this host is the grant local, with every scope"
        }
    }

    private var rules: String {
        guard let policy else { return Policy.absentOnService }
        return "policy: \(policy.file) (sha256 \(policy.policy.digest))"
    }

    private var next: String {
        let token = isOpen ? "" : " -H \"Authorization: Bearer $BUILDBOX_TOKEN\""
        let form = "-F request='{}' -F source=@project.tar.gz"
        return switch address {
        case .unix(let path): "curl --unix-socket \(path)\(token) \(form) http://localhost/v1/builds"
        case .tcp: "curl\(token) \(form) \(url)/v1/builds"
        }
    }
}
