import SourceText

/// What a build printed, as a model gets it: safe as for a terminal, and without colours, which mean nothing there.
enum ModelText {
    /// The text that stands for hostile bytes.
    static func safe(_ bytes: [UInt8]) -> String {
        var terminal = TerminalText()
        let shown = terminal.safe(bytes) + terminal.finish()
        return String(decoding: withoutColours(shown), as: UTF8.self)
    }

    /// The last lines of a log whose last bytes these are. Where they do not begin with a whole line, the first is left out.
    static func lastLines(_ bytes: [UInt8], most: Int, isWhole: Bool) -> String {
        var lines = safe(bytes).split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
        if !isWhole, lines.count > 1 { lines.removeFirst() }
        return lines.suffix(most).map { shortened($0, to: 500) }.joined(separator: "\n")
    }

    static func shortened(_ text: String, to most: Int) -> String {
        text.unicodeScalars.count <= most
            ? text : String(String.UnicodeScalarView(text.unicodeScalars.prefix(most))) + "..."
    }

    /// Leaves out what ``TerminalText`` lets pass: `ESC [ ... m`.
    private static func withoutColours(_ bytes: [UInt8]) -> [UInt8] {
        var shown: [UInt8] = []
        shown.reserveCapacity(bytes.count)
        var isInside = false
        for byte in bytes {
            if byte == 0x1b {
                isInside = true
            } else if isInside {
                isInside = byte != UInt8(ascii: "m")
            } else {
                shown.append(byte)
            }
        }
        return shown
    }
}
