/// The file name of a wheel (PEP 427) or a source distribution (PEP 625).
public struct ArtifactName: Equatable, Sendable {
    public let text: String
    public let kind: DistributionKind

    /// Nil for every other name: nothing else leaves an output folder.
    public init?(_ text: String) {
        guard text.utf8.count <= 255, text.utf8.allSatisfy(Self.isAllowed), text.utf8.first != UInt8(ascii: ".") else {
            return nil
        }
        if text.hasSuffix(".whl") {
            let parts = text.dropLast(4).split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 5 || parts.count == 6, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
            if parts.count == 6 { guard let first = parts[2].utf8.first, (48...57).contains(first) else { return nil } }
            kind = .wheel
        } else if text.hasSuffix(".tar.gz") {
            // Older backends keep `-` in the project's name: what counts is that there is a version behind the last.
            let parts = text.dropLast(7).split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count >= 2, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
            kind = .sdist
        } else {
            return nil
        }
        self.text = text
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-_.+!".utf8.contains(byte)
        }
    }
}
