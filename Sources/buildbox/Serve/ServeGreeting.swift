import Foundation
import HTTPAPI
import Logging

/// What the service says once it listens: where, whom it takes, and what to do next.
struct ServeGreeting {
    let address: ListenAddress
    /// Nobody needs a token.
    let isOpen: Bool
    let isSecure: Bool

    func show(_ logger: Logger) {
        guard isatty(STDERR_FILENO) != 0 else {
            return logger.notice(
                "listening", metadata: ["address": "\(address)", "url": "\(url)", "callers": "\(callers)"])
        }
        let text = "buildbox: listening on \(url)\n          \(callers)\n          next: \(next)\n"
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

    private var next: String {
        let token = isOpen ? "" : " -H \"Authorization: Bearer $BUILDBOX_TOKEN\""
        let form = "-F request='{}' -F source=@project.tar.gz"
        return switch address {
        case .unix(let path): "curl --unix-socket \(path)\(token) \(form) http://localhost/v1/builds"
        case .tcp: "curl\(token) \(form) \(url)/v1/builds"
        }
    }
}
