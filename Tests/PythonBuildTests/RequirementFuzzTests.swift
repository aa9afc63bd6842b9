import TestSupport
import Testing

@testable import PythonBuild

/// Whatever passes must be one harmless line for the installer.
@Suite struct RequirementFuzzTests {
    static let seeds = [
        "setuptools>=77", "setuptools_scm[toml]>=6.2,<9", "cython (>=3)", "pkg==1.*",
        #"a~=1.0 ; (sys_platform == "win32" or extra == 'x') and python_version not in "2.7""#,
        "x @ https://example.invalid/x.whl", "--index-url https://example.invalid", "../x", "${HOME}",
    ]
    static let alphabet = Array("abZ019 \t\r\n\0-_.,;:()[]<>=!~@/\\${}#'\"*+&|%\u{7f}\u{e4}\u{202e}".unicodeScalars)

    @Test func mutatedRequirementsNeverCrashAndWhatPassesIsHarmless() {
        var generator = SeededGenerator(seed: 4)
        var passed = 0
        for round in 0..<30_000 {
            var scalars = Array(Self.seeds[round % Self.seeds.count].unicodeScalars)
            for _ in 0...Int.random(in: 0..<3, using: &generator) {
                let place = Int.random(in: 0...scalars.count, using: &generator)
                let scalar = Self.alphabet.randomElement(using: &generator) ?? "a"
                if Bool.random(using: &generator), place < scalars.count {
                    scalars[place] = scalar
                } else {
                    scalars.insert(scalar, at: place)
                }
            }
            passed += check(text(scalars))
        }
        #expect(passed > 1000)
    }

    @Test func randomTextNeverCrashesAndWhatPassesIsHarmless() {
        var generator = SeededGenerator(seed: 5)
        var passed = 0
        for _ in 0..<30_000 {
            let length = Int.random(in: 0..<12, using: &generator)
            passed += check(text((0..<length).compactMap { _ in Self.alphabet.randomElement(using: &generator) }))
        }
        #expect(passed > 10)
    }

    /// 1 when the string passes.
    private func check(_ string: String) -> Int {
        guard let requirement = Result(catching: { try Requirement(string) }).value else { return 0 }
        let text = requirement.text
        let beforeMarker = text.prefix { $0 != ";" }
        let isHarmless =
            text.utf8.allSatisfy { (32...126).contains($0) } && text.utf8.count <= Requirement.longest
            && text.first.map { $0.isLetter || $0.isNumber } ?? false
            && !beforeMarker.contains { "@/:\\$#{}'\"%&|".contains($0) }
        if !isHarmless { Issue.record("\(string.debugDescription) passes as \(text)") }
        let again = Result(catching: { try Requirement(text) }).value
        if again != requirement { Issue.record("\(text) is read otherwise the second time") }
        return 1
    }

    private func text(_ scalars: [Unicode.Scalar]) -> String {
        String(String.UnicodeScalarView(scalars))
    }
}
