import PythonBuild
import TestSupport

/// Names of files that a build leaves. What passes must be one harmless component of a path.
enum NameInput {
    static let seeds = [
        "six-1.17.0-py2.py3-none-any.whl", "a-1-1-cp312-cp312-manylinux_2_17_x86_64.whl", "six-1.17.0.tar.gz",
        "A.b_c-1!2.0+local.1-py3-none-any.whl", "x-0.tar.gz",
    ].map { Array($0.utf8) }
    static let tokens = ["/", "..", "\0", "\n", "-", "--", ".whl", ".tar.gz", "\u{e4}", "\u{202e}", " ", "%2f", "\\"]
        .map { Array($0.utf8) }

    @Sendable static func make(_ generator: inout SeededGenerator) -> [UInt8] {
        Mutation.of(seeds.randomElement(using: &generator) ?? [], tokens: tokens, &generator)
    }

    @Sendable static func check(_ bytes: [UInt8]) throws -> Bool {
        guard let text = String(validating: bytes, as: UTF8.self), let name = ArtifactName(text) else { return false }
        let allowed = bytes.allSatisfy { (0x21...0x7e).contains($0) && $0 != 0x2f && $0 != 0x5c }
        guard allowed, bytes.count <= 255, bytes.first != 0x2e, Array(name.text.utf8) == bytes,
            text.hasSuffix(name.kind == .wheel ? ".whl" : ".tar.gz")
        else { throw FuzzFinding("\(text.debugDescription) passes") }
        return true
    }
}
