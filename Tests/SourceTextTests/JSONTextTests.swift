import SourceText
import TestSupport
import Testing

@Suite struct JSONTextTests {
    static func parse(_ text: String) throws(SourceFault) -> SourceValue {
        try JSONText.parse(Array(text.utf8))
    }

    @Test(
        arguments: [
            ("null", .null), (" true ", .boolean(true)), ("false\n", .boolean(false)), ("0", .unsigned(0)),
            ("-0", .unsigned(0)), ("18446744073709551615", .unsigned(.max)), ("-9223372036854775808", .negative(.min)),
            ("18446744073709551616", .real(18_446_744_073_709_551_616)), ("-1", .negative(-1)), ("1.0", .real(1)),
            ("-2.5e-1", .real(-0.25)), ("1E2", .real(100)), ("\"\"", .string("")), ("[]", .array([])),
            ("{}", .object([])),
            (#""\"\\\/\b\f\n\r\t\u0041\u00e9\ud83d\ude00é😀""#, .string("\"\\/\u{8}\u{c}\n\r\tAé😀é😀")),
            (#""\u0000""#, .string("\0")),
        ] as [(String, SourceValue.Content)])
    func aValueIsWhatItSays(_ text: String, content: SourceValue.Content) throws {
        #expect(try Self.parse(text).content == content)
    }

    @Test func everyValueKnowsItsPlaceAndItsPath() throws {
        let document = try Self.parse("{\n  \"a/b~\": [1,\n    {\"é\": \"😀\", \"c\": null}]\n}")
        guard case .object(let members) = document.content, case .array(let elements) = members[0].value.content,
            case .object(let inner) = elements[1].content
        else {
            Issue.record("the document has another form")
            return
        }
        #expect(members[0].position == SourcePosition(line: 2, column: 3))
        #expect(members[0].value.position == SourcePosition(line: 2, column: 11))
        #expect(elements[1].position == SourcePosition(line: 3, column: 5))
        // A column is a character, however many bytes it has.
        #expect(inner[1].position == SourcePosition(line: 3, column: 16))
        #expect(inner[1].value.path.pointer == "/a~1b~0/1/c")
        #expect(document.path.pointer == "")
    }

    @Test(
        arguments: [
            ("", 1, 1, "expected a value, found the end of the text"),
            ("[1,]", 1, 3, "expected no comma behind the last element"),
            ("{\"a\": 1,\n}", 1, 8, "expected no comma behind the last member"),
            ("{\"a\": 1,\n \"b\": 2, \"a\": 3}", 2, 10, "the name \"a\" is already on line 1"),
            ("{\"a\": 1, \"\\u0061\": 2}", 1, 10, "the name \"a\" is already on line 1"),
            ("[1 2]", 1, 4, "expected \",\" or \"]\", found \"2\""),
            ("{\"a\" 1}", 1, 6, "expected \":\", found \"1\""),
            ("{a: 1}", 1, 2, "expected the name of a member in quotes, found \"a\""),
            ("{\"a\": 1", 1, 8, "expected \",\" or \"}\", found the end of the text"),
            ("\"abc", 1, 1, "the string that begins here has no closing quote"),
            ("\"a\nb\"", 1, 3, "expected a string without control characters"),
            ("\"a\tb\"", 1, 3, "found the character U+0009"),
            ("\"\\x\"", 1, 3, "behind the backslash"),
            ("\"\\u12g4\"", 1, 6, "expected four hexadecimal digits, found \"g\""),
            ("\"\\ud83d\"", 1, 2, "one half of a character"),
            ("\"\\ude00\"", 1, 2, "one half of a character"),
            ("\"\\ud83d\\u0041\"", 1, 2, "one half of a character"),
            ("01", 1, 1, "without a leading zero"), ("-", 1, 2, "expected a digit"), ("1.", 1, 3, "expected a digit"),
            (".5", 1, 1, "expected a value"), ("1e", 1, 3, "expected a digit"), ("+1", 1, 1, "expected a value"),
            ("1e999", 1, 1, "beyond what a double holds"), ("NaN", 1, 1, "expected a value"),
            ("nul", 1, 1, "expected the word null"), ("truex", 1, 1, "expected the word true alone"),
            ("[] []", 1, 4, "expected the end of the text, found \"[\""),
            ("1 // a", 1, 3, "expected the end of the text"),
            ("\u{feff}{}", 1, 1, "found a byte order mark"), ("'a'", 1, 1, "expected a value, found \"'\""),
            ("\u{a0}1", 1, 1, "expected a value, found \"\u{a0}\""),
        ] as [(String, Int, Int, String)])
    func aFaultNamesThePlaceAndWhatWasExpected(_ text: String, line: Int, column: Int, message: String) throws {
        let fault = try #require(throws: SourceFault.self) { try Self.parse(text) }
        #expect(fault.position == SourcePosition(line: line, column: column), "\(fault)")
        #expect(fault.message.contains(message), "\(fault)")
    }

    @Test(
        arguments: [
            [0x80], [0xc0, 0xaf], [0xc1, 0x81], [0xe0, 0x80, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80],
            [0xf5, 0x80],
            [0xff], [0xe2, 0x82], [0xf0, 0x9f, 0x98],
        ] as [[UInt8]])
    func whatIsNotUTF8IsRefused(_ bytes: [UInt8]) throws {
        let text = Array("[\"é".utf8) + bytes + Array("\"]".utf8)
        let fault = try #require(throws: SourceFault.self) { try JSONText.parse(text) }
        #expect(fault.position == SourcePosition(line: 1, column: 4))
        #expect(fault.message.contains("not UTF-8"))
    }

    @Test func depthAndSizeAreBounded() throws {
        let deep = { String(repeating: "[", count: $0) + String(repeating: "]", count: $0) }
        _ = try Self.parse(deep(64))
        let fault = try #require(throws: SourceFault.self) { try Self.parse(deep(65)) }
        #expect(fault.position == SourcePosition(line: 1, column: 65))
        _ = try JSONText.parse(Array("[1]".utf8), bounds: SourceBounds(bytes: 3, depth: 1))
        #expect(throws: SourceFault.self) {
            try JSONText.parse(Array("[1 ]".utf8), bounds: SourceBounds(bytes: 3, depth: 1))
        }
        #expect(throws: SourceFault.self) { try Self.parse(String(repeating: "[", count: 1 << 20)) }
    }

    /// 20,000 damaged documents: each is read or refused, and a refusal lies within the text.
    @Test func noDamageTrapsTheParser() throws {
        let seed = Array(
            #"{"a": [1, -2.5e3, "x\u00e9\ud83d\ude00é😀", null, true], "b": {"c": [], "d": {}}, "e": ""}"#.utf8)
        let spice = Array("{}[],:\"\\u0019.eE+-tfn \n\u{e9}".utf8) + [0x00, 0x80, 0xc3, 0xed, 0xf0, 0xff]
        var generator = SeededGenerator(seed: 8259)
        var read = 0
        var refused = 0
        for _ in 0..<20_000 {
            var text = seed
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<text.count, using: &generator)
                switch Int.random(in: 0..<5, using: &generator) {
                case 0: text[place] = spice.randomElement(using: &generator) ?? 0
                case 1: text.insert(spice.randomElement(using: &generator) ?? 0, at: place)
                case 2 where text.count > 1: text.remove(at: place)
                case 3: text = Array(text[..<max(1, place)])
                default: text[place] = UInt8.random(in: 0...255, using: &generator)
                }
            }
            do throws(SourceFault) {
                _ = try JSONText.parse(text)
                read += 1
            } catch {
                refused += 1
                let lines = text.split(separator: 0x0a, omittingEmptySubsequences: false)
                #expect(error.position.line >= 1 && error.position.line <= lines.count)
                #expect(error.position.column >= 1)
                #expect(error.position.column <= lines[min(error.position.line, lines.count) - 1].count + 1)
            }
        }
        #expect(
            read > 100 && refused > 10_000, "\(read) read, \(refused) refused: the damage is too little or too much")
    }
}
