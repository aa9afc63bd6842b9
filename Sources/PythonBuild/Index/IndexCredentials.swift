import FoundationEssentials
import SystemPackage

/// Adds to the URLs of indexes what the operator says to their hosts: from netrc(5), and from a keyring that is asked
/// on the host. Neither enters a sandbox; only what belongs to a configured index does, in its URL.
struct IndexCredentials {
    let netrc: NetrcFile?
    /// The program `keyring`, where the operator has it asked.
    let keyring: FilePath?
    /// For the keyring: how it finds its own storage.
    let environment: [String: String]

    /// The URL with a user and a password, where it has no password and there is one.
    func complete(_ url: String) async throws(BuildFailure) -> String {
        guard let parts = URLParts(url), parts.password == nil else { return url }
        if let keyring, let user = parts.user, !user.isEmpty {
            if let password = try await ask(keyring, url: parts.without, user: user) {
                return parts.with(user: user, password: password)
            }
        }
        if parts.user == nil, let login = netrc?[parts.host], !login.user.isEmpty || !login.password.isEmpty {
            return parts.with(user: Self.escaped(login.user), password: Self.escaped(login.password))
        }
        return url
    }

    /// As uv and pip ask it: nil where it knows nothing, which is a fault of the program, too.
    private func ask(_ keyring: FilePath, url: String, user: String) async throws(BuildFailure) -> String? {
        let result = await Result { () async throws(BuildFailure) in
            try await HostProcess.output(of: [keyring.string, "get", url, user], environment: environment)
        }
        guard case .success(let output) = result else {
            // A keyring that has no password for it ends with a fault: the index will say whether it wants one.
            return nil
        }
        let password = String(decoding: output, as: UTF8.self).split(whereSeparator: \.isNewline).first.map(String.init)
        return password.map(Self.escaped)
    }

    private static func escaped(_ text: String) -> String {
        let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~".utf8)
        return text.utf8.map { byte in
            plain.contains(byte)
                ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }

    /// An http or https URL, taken apart no further than it is needed.
    private struct URLParts {
        let scheme: Substring
        let user: String?
        let password: String?
        let host: String
        private let authority: Substring
        private let rest: Substring

        init?(_ url: String) {
            guard let mark = url.firstRange(of: "://"),
                ["http", "https"].contains(url[..<mark.lowerBound].lowercased())
            else { return nil }
            scheme = url[..<mark.lowerBound]
            let after = url[mark.upperBound...]
            let end = after.firstIndex { "/?#".contains($0) } ?? after.endIndex
            rest = after[end...]
            let place = after[..<end]
            let at = place.lastIndex(of: "@")
            authority = at.map { place[place.index(after: $0)...] } ?? place
            let info = at.map { place[..<$0].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false) }
            user = info?.first.map(String.init)
            password = info.flatMap { $0.count > 1 ? String($0[1]) : nil }
            let isIPv6 = authority.hasPrefix("[")
            host = String(authority.prefix { $0 != (isIPv6 ? "]" : ":") }.drop { $0 == "[" })
        }

        var without: String { "\(scheme)://\(authority)\(rest)" }

        func with(user: String, password: String) -> String { "\(scheme)://\(user):\(password)@\(authority)\(rest)" }
    }
}
