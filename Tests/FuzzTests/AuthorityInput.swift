import TestSupport

@testable import EgressProxy

/// What a contained installer asks the proxy for. What passes must name one host and one port, and the same again when
/// it is written down.
enum AuthorityInput {
    static let seeds = [
        "pypi.org:443", "files.pythonhosted.org:443", "[::1]:8080", "[fe80::1]:443", "127.0.0.1:80",
        "a_b-c.example:65535",
    ].map { Array($0.utf8) }
    static let tokens = [
        "@", ":", "::", "[", "]", "%25eth0", "\0", " ", "\r\n", "/", "0x7f", "99999", "\u{ff0e}", "..",
    ]
    .map { Array($0.utf8) }

    @Sendable static func make(_ generator: inout SeededGenerator) -> [UInt8] {
        Mutation.of(seeds.randomElement(using: &generator) ?? [], tokens: tokens, &generator)
    }

    @Sendable static func check(_ bytes: [UInt8]) throws -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let target = EgressTarget(authority: text[...], defaultPort: nil) else { return false }
        let plain = target.host.utf8.allSatisfy { (0x21...0x7e).contains($0) && !"@/[]?#\\%".utf8.contains($0) }
        guard plain, (1...65535).contains(target.port), (1...255).contains(target.host.utf8.count),
            EgressTarget(authority: target.description[...], defaultPort: nil) == target
        else { throw FuzzFinding("\(text.debugDescription) passes as \(target)") }
        return true
    }
}
