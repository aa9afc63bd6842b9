import SourceText
import Testing

@Suite struct SourceReaderTests {
    private let reader = SourceReader()

    private func messages() -> [String] { reader.faults.map(\.description) }

    @Test func everyFaultIsToldInTheOrderOfTheText() throws {
        let document = try JSONTextTests.parse(
            """
            {
              "nmae": "x",
              "size": "big",
              "count": 7,
              "flag": 1,
              "mode": "alow"
            }
            """)
        let object = reader.object(document, members: ["name", "size", "count", "flag", "mode"])
        #expect(reader.choice(object?["mode"], among: ["allow": 1, "deny": 2]) == nil)
        #expect(reader.whole(object?["count"], in: 1...5) == nil)
        #expect(reader.boolean(object?["flag"]) == nil)
        #expect(reader.text(object?["size"], "a size", { ByteSize($0) }) == nil)
        #expect(reader.string(object?.required("name")) == nil)
        #expect(
            messages() == [
                "1:1: the member \"name\" is missing",
                "2:3: unknown member \"nmae\": did you mean \"name\"?",
                "3:11: expected a size, found the string \"big\"",
                "4:12: expected a whole number from 1 to 5, found the number 7",
                "5:11: expected true or false, found the number 1",
                "6:11: expected one of \"allow\", \"deny\", found the string \"alow\": did you mean \"allow\"?",
            ])
    }

    @Test func whatIsRightIsTakenWithoutAFault() throws {
        let document = try JSONTextTests.parse(
            #"{"s": "x", "n": 18446744073709551615, "r": 2, "b": false, "l": [1, 2], "c": "deny", "t": "2m"}"#)
        let object = try #require(reader.object(document, members: ["s", "n", "r", "b", "l", "c", "t", "absent"]))
        #expect(reader.string(object.required("s")) == "x")
        #expect(reader.whole(object["n"]) == .max)
        #expect(reader.number(object["r"], in: 0.5...2) == 2)
        #expect(reader.boolean(object["b"]) == false)
        #expect(reader.list(object["l"]) { reader.whole($0) } == [1, 2])
        #expect(reader.choice(object["c"], among: ["allow": 1, "deny": 2]) == 2)
        #expect(reader.text(object["t"], "a time", { TimeSpan($0)?.duration }) == .seconds(120))
        #expect(reader.string(object["absent"]) == nil)
        #expect(messages().isEmpty)
    }

    @Test(arguments: ["[]", "\"x\"", "1", "null"])
    func anotherTypeIsNamed(_ text: String) throws {
        let value = try JSONTextTests.parse(text)
        #expect(reader.object(value, members: []) == nil)
        #expect(messages() == ["1:1: expected an object, found \(value.title)"])
    }

    @Test(arguments: [("nmae", "name"), ("Memory", "memory"), ("memroy", "memory"), ("pid", "pids"), ("zzz", nil)])
    func aGuessIsMadeOnlyWhereOneIsNear(_ word: String, guess: String?) {
        #expect(nearest(to: word, among: ["name", "memory", "pids", "disk"]) == guess)
    }

    @Test func textOfADocumentCannotSteerATerminal() {
        #expect(quoted("a\u{1b}[2J\u{202e}\"\n") == "\"a\\u{1b}[2J\\u{202e}\\\"\\u{a}\"")
        #expect(quoted(String(repeating: "x", count: 100)).unicodeScalars.count < 70)
    }
}
