/// A regular expression of a policy, as gateways write them: RE2's syntax without Unicode classes.
/// `^` and `$` are the ends of the text, not of a line; without them it matches anywhere.
///
/// Arguments are hostile, and matchers that go back and try again can be made to take forever by a
/// text of 30 characters. This one takes at most ``longestText`` times ``PatternProgram/longest`` steps.
struct Pattern: Equatable, Sendable {
    /// In Unicode scalars: no path is longer (PATH_MAX), and no other argument needs to be.
    static let longestText = 4096
    /// In Unicode scalars.
    static let longestSource = 512

    let source: String
    private let program: PatternProgram

    init(_ source: String) throws(PatternFault) {
        guard source.unicodeScalars.count <= Self.longestSource else {
            throw PatternFault(
                offset: Self.longestSource, message: "it is longer than \(Self.longestSource) characters")
        }
        self.source = source
        var parser = PatternParser(source)
        let node = try parser.parse()
        program = try PatternProgram(node, ignoresCase: parser.ignoresCase)
    }

    /// Whether it matches; nil for a text that is too long to tell.
    func matches(_ text: String) -> Bool? {
        // Counted no further than it must be: the text may be huge.
        let scalars = Array(text.unicodeScalars.prefix(Self.longestText + 1))
        return scalars.count <= Self.longestText ? program.matches(scalars) : nil
    }
}
