import SourceText

/// What a build printed and what is said of it, as a model gets it: safe as for a terminal, and without colours, which mean nothing there.
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
        return lines.suffix(most).map { ForeignText.mark + ForeignText.line($0) }.joined(separator: "\n")
    }

    /// Why a build did not succeed. The message is buildbox's and may quote the project, its requirements or its
    /// backend, which a model must be able to tell from what buildbox says: every line is marked.
    static func words(_ message: String) -> String {
        "Its message may quote the project (\(ForeignText.notice)):\n\(ForeignText.marked(ForeignText.message(message)))"
    }

    /// What a build printed, each line marked: it ends where the marks end, and not where it says so.
    static func marked(_ bytes: [UInt8]) -> String {
        let text = safe(bytes)
        return ForeignText.marked(text.hasSuffix("\n") ? String(text.dropLast()) : text)
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
