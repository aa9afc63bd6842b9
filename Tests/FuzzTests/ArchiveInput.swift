import TestSupport

/// Archives and metadata for verify.py, inspect.py and stage.py. The first byte says what the rest is: see
/// `prepare` in archive_judge.py.
enum ArchiveInput {
    private static let zipTokens: [[UInt8]] = [
        [0x50, 0x4b, 1, 2], [0x50, 0x4b, 3, 4], [0x50, 0x4b, 5, 6], [0x50, 0x4b, 6, 6], [0x50, 0x4b, 6, 7],
        [1, 0, 16, 0],
        [8, 0], [12, 0], [14, 0], [99, 0], Array("../".utf8), [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
    ]
    private static let tarTokens =
        [
            "0", "1", "2", "3", "4", "5", "6", "7", "x", "g", "L", "K", "S", "D", "V", "ustar\0", "../", "/", "\0",
            "77777777777",
            "-1", "22 GNU.sparse.size=9\n", "30 GNU.sparse.realsize=999999\n", "16 size=-5\n", "24 path=/etc/passwd\n",
        ].map { Array($0.utf8) } + [[0x80, 0, 0, 0, 0, 0, 0, 0xff], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]]
    private static let textTokens =
        [
            "\n", "\r", ":", ",", "\"", "sha256=", "Name: ", "Version: ", "Name", "\n ", "=?utf-8?q?=00?=", "1!", "1.0",
            "\0",
            "Content-Type: multipart/mixed; boundary=x\n\n",
        ].map { Array($0.utf8) } + [[0xff], [0xed, 0xa0, 0x80], Array("9".utf8) + Array(repeating: 0x39, count: 5000)]
    private static let tomlTokens =
        [
            "[", "]", "[[", "{", "}", "=", ".", ",", "\"", "'''", "\\u0000", "\\ud800", "requires", "build-system",
            "project",
            "name", "inf", "1979-13-40", "0x", "1e400", "#", "\n",
        ].map { Array($0.utf8) } + [
            [0xff], Array(repeating: 0x39, count: 5000), Array(repeating: 0x5b, count: 3000),
            Array("a.".utf8) + Array(repeating: [0x61, 0x2e], count: 3000).flatMap { $0 },
        ]

    @Sendable static func wheel(_ generator: inout SeededGenerator) -> [UInt8] {
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: made("m", "metadata", textTokens, &generator)
        case 1: made("r", "metadata", textTokens, &generator)
        default: made("z", "zip", zipTokens, &generator)
        }
    }

    @Sendable static func sdist(_ generator: inout SeededGenerator) -> [UInt8] {
        Int.random(in: 0..<4, using: &generator) == 0
            ? made("g", "gz", [[0x1f, 0x8b, 8]], &generator) : made("t", "tar", tarTokens, &generator)
    }

    @Sendable static func inspected(_ generator: inout SeededGenerator) -> [UInt8] {
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: made("G", "gz", [[0x1f, 0x8b, 8], Array("BZh9".utf8), [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]], &generator)
        case 1: made("G", "tar", tarTokens, &generator)
        case 2: made("T", "tar", tarTokens, &generator)
        default: made("d", "toml", tomlTokens, &generator)
        }
    }

    @Sendable static func unpacked(_ generator: inout SeededGenerator) -> [UInt8] {
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: made("4", "gz", [[0x1f, 0x8b, 8]], &generator)
        case 1: made("2", "tar", tarTokens, &generator)
        case 2, 3: made("1", "tar", tarTokens, &generator)
        case 4, 5: made("5", "zst", [[0x28, 0xb5, 0x2f, 0xfd], [0x50, 0x2a, 0x4d, 0x18]], &generator)
        default: made("3", "zip", zipTokens, &generator)
        }
    }

    @Sendable static func check(_ bytes: [UInt8]) throws -> Bool {
        guard let kind = bytes.first else { return false }
        return try ArchiveJudge.shared.get().judge(kind, bytes.dropFirst())
    }

    private static func made(
        _ kind: Unicode.Scalar, _ seed: String, _ tokens: [[UInt8]], _ generator: inout SeededGenerator
    ) -> [UInt8] {
        // Where the judge cannot be started its check says so.
        guard case .success(let judge) = ArchiveJudge.shared else { return [] }
        let bytes = judge.seeds[seed]?.randomElement(using: &generator) ?? []
        return [UInt8(ascii: kind)] + Mutation.of(bytes, tokens: tokens, &generator)
    }
}
