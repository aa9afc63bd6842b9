import Testing

@testable import Policy

@Suite struct PatternTests {
    @Test(arguments: [
        ("", "", true), ("", "x", true), ("a", "bab", true), ("a", "bbb", false), ("^a", "ba", false),
        ("a$", "ab", false),
        ("^$", "", true), ("^$", "x", false), ("a|b", "xb", true), ("^(a|bc)$", "bc", true), ("^(a|bc)$", "b", false),
        ("^a*$", "aaaa", true), ("^a*$", "", true), ("^a+$", "", false), ("^a?$", "aa", false), ("^a{2}$", "aa", true),
        ("^a{2}$", "a", false), ("^a{2,}$", "aaaaa", true), ("^a{2,3}$", "aaaa", false), ("^a{0}$", "", true),
        ("^a{0}$", "a", false), ("^(ab){2}$", "abab", true), ("^a*?b$", "aab", true), ("^.$", "\n", false),
        ("^.$", "\u{e9}", true), ("^[a-c]+$", "abcb", true), ("^[a-c]+$", "abd", false), ("^[^/]+$", "a/b", false),
        ("^[^/]+$", "ab", true), ("^[]a]+$", "]a", true), ("^[a-]+$", "-a", true), ("^[\\w.-]+$", "a.b-c_9", true),
        ("^[^\\d]$", "5", false), ("^[^\\d]$", "x", true), ("^[\\D]$", "5", false), ("^[\\D5]$", "5", true),
        ("^\\d+$", "0123", true), ("^\\d+$", "\u{664}", false), ("^\\w+$", "a_Z9", true), ("^\\s\\S$", " x", true),
        ("\\bcat\\b", "a cat!", true), ("\\bcat\\b", "concat", false), ("\\Bcat", "concat", true), ("\\bx", "x", true),
        ("^\\.\\*\\\\\\/$", ".*\\/", true), ("^\\x41\\x{1F600}$", "A\u{1F600}", true), ("^\\t\\n$", "\t\n", true),
        ("(?i)^abc$", "aBC", true), ("(?i)^[a-c]\u{e9}$", "B\u{c9}", true), ("(?i)^[^a]$", "A", false),
        ("^abc$", "aBC", false),
        ("^(?:a|b)c$", "bc", true), ("^(?P<n>a)b$", "ab", true), ("^(?<n>a)b$", "ab", true), ("^()*$", "", true),
        ("^(a*)*$", "aaa", true), ("^(a|)+b$", "aab", true), ("\\Aa\\z", "a", true), ("\\Aa\\z", "a\n", false),
        ("a||b", "", true), ("^(|a)$", "a", true), ("x*", "y", true), ("^a$|^b$", "b", true), ("[.]", "x", false),
    ])
    func patternsMatchAsTheyDoInRE2(source: String, text: String, wanted: Bool) throws {
        #expect(try Pattern(source).matches(text) == wanted)
    }

    /// Each makes a matcher that goes back take longer than the universe has been there.
    @Test(arguments: ["^(a+)+$", "^(a|a)*$", "^(a|aa)+$", "^(.*a){20}$", "(x+x+)+y", "^(([a-z])+.)+[A-Z]([a-z])+$"])
    func whatIsBuiltToTakeForeverTakesNoTime(source: String) throws {
        let pattern = try Pattern(source)
        let text = String(repeating: "a", count: Pattern.longestText - 1) + "!"
        let clock = ContinuousClock()
        let start = clock.now
        #expect(pattern.matches(text) == false)
        // A generous bound, for a debug build on a loaded machine.
        #expect(start.duration(to: clock.now) < .seconds(60))
    }

    @Test func aRepetitionOfNothingDoesNotTakeForeverToCompile() {
        #expect(throws: PatternFault.self) { try Pattern("((){1000}){1000}{1000}") }
        #expect(throws: PatternFault.self) { try Pattern("((){1000}){1000}") }
    }

    @Test func theProgramIsBounded() throws {
        _ = try Pattern("a{900}")
        #expect(throws: PatternFault.self) { try Pattern("(a{100}){11}") }
    }
}
