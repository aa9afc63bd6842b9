import SourceText
import TestSupport

/// Output for a terminal. What comes out must be text, line breaks and colours, however it is cut.
enum TerminalInput {
    static let seeds = [
        "\u{1b}[1;31mred\u{1b}[0m\n", "plain\r\nlines\r", "\u{e4}\u{20ac}\u{1f600}", "\u{1b}]0;title\u{7}",
    ]
    .map { Array($0.utf8) }
    static let tokens: [[UInt8]] =
        ["\u{1b}[", "\u{1b}", "m", ";", "\r", "\n", "\u{202e}", "\u{9b}", "\u{7f}", "\u{feff}", "\u{e0041}"].map {
            Array($0.utf8)
        }
        + [[0xc3], [0xe2, 0x82], [0xf0, 0x9f], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]]

    @Sendable static func make(_ generator: inout SeededGenerator) -> [UInt8] {
        Mutation.of(seeds.randomElement(using: &generator) ?? [], tokens: tokens, &generator)
    }

    @Sendable static func check(_ bytes: [UInt8]) throws -> Bool {
        var text = TerminalText()
        let output = text.safe(bytes)
        try refuseHarmful(output)
        for cut in [1, bytes.count / 2, bytes.count - 1] where (0...bytes.count).contains(cut) {
            var pieces = TerminalText()
            let cutOutput = pieces.safe(Array(bytes[..<cut])) + pieces.safe(Array(bytes[cut...]))
            guard cutOutput == output else { throw FuzzFinding("shown otherwise when cut at \(cut)") }
        }
        return output == bytes
    }

    /// Reads what the terminal gets on its own terms, not with the code that made it.
    private static func refuseHarmful(_ output: [UInt8]) throws {
        guard let text = String(validating: output, as: UTF8.self) else { throw FuzzFinding("not UTF-8: \(output)") }
        var scalars = Array(text.unicodeScalars)[...]
        while let scalar = scalars.popFirst() {
            switch scalar.value {
            case 0x0a, 0x09, 0x20...0x7e: continue
            case 0x1b:
                guard scalars.popFirst() == "[" else { throw FuzzFinding("an escape that is no colour: \(output)") }
                scalars = scalars.drop { ("0"..."9").contains($0) || $0 == ";" || $0 == ":" }
                guard scalars.popFirst() == "m" else { throw FuzzFinding("an escape that is no colour: \(output)") }
            default:
                let kind = scalar.properties.generalCategory
                guard kind != .control, kind != .format, kind != .lineSeparator else {
                    throw FuzzFinding("U+\(String(scalar.value, radix: 16)) passes")
                }
            }
        }
    }
}
