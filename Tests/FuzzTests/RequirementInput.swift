import TestSupport

@testable import PythonBuild

/// Whatever passes must be one harmless line for the installer.
enum RequirementInput {
    static let seeds = [
        "setuptools>=77", "setuptools_scm[toml]>=6.2,<9", "cython (>=3)", "pkg==1.*",
        #"a~=1.0 ; (sys_platform == "win32" or extra == 'x') and python_version not in "2.7""#,
        "x @ https://example.invalid/x.whl", "--index-url https://example.invalid", "../x", "${HOME}",
    ].map { Array($0.utf8) }
    static let tokens = [
        " ", "\t", "\r\n", "\0", "-", "--", ";", "(", ")", "[", "]", "==", "~=", "!=", "===", "@", "/", "\\", "$", "${",
        "}",
        "#", "'", "\"", "*", "+", "&", "|", "%", "\u{7f}", "\u{e4}", "\u{202e}", "and", "or", "not in", "((((((((",
    ].map { Array($0.utf8) }

    @Sendable static func make(_ generator: inout SeededGenerator) -> [UInt8] {
        Mutation.of(seeds.randomElement(using: &generator) ?? [], tokens: tokens, &generator)
    }

    @Sendable static func check(_ bytes: [UInt8]) throws -> Bool {
        let string = String(decoding: bytes, as: UTF8.self)
        let result = Result { () throws(Requirement.Refusal) in try Requirement(string) }
        guard case .success(let requirement) = result else { return false }
        let text = requirement.text
        let beforeMarker = text.prefix { $0 != ";" }
        guard text.utf8.allSatisfy({ (32...126).contains($0) }), text.utf8.count <= Requirement.longest,
            text.first.map({ $0.isLetter || $0.isNumber }) ?? false,
            !beforeMarker.contains(where: { "@/:\\$#{}'\"%&|".contains($0) })
        else { throw FuzzFinding("\(string.debugDescription) passes as \(text)") }
        let again = Result { () throws(Requirement.Refusal) in try Requirement(text) }
        guard case .success(requirement) = again else { throw FuzzFinding("\(text) is read otherwise the second time") }
        return true
    }
}
