import Testing

@testable import MCPServer

@Suite("Log text for models")
struct ModelTextTests {
    @Test("colours go, other escapes and bytes that are no text become visible")
    func safe() {
        #expect(ModelText.safe(Array("\u{1b}[31mred\u{1b}[0m plain\n".utf8)) == "red plain\n")
        #expect(ModelText.safe(Array("\u{1b}]0;title\u{7}".utf8)) == "^[]0;title^G")
        #expect(ModelText.safe([0x61, 0xff, 0x62]) == "a\\xffb")
        #expect(ModelText.safe(Array("a\u{202e}b".utf8)) == "a\\u{202e}b")
        #expect(ModelText.safe(Array("cut \u{1b}[3".utf8)) == "cut ^[[3")
    }

    @Test("the last lines are whole ones, and not too long")
    func lastLines() {
        #expect(ModelText.lastLines(Array("alf\none\ntwo\n".utf8), most: 30, isWhole: false) == "  | one\n  | two")
        #expect(ModelText.lastLines(Array("one\ntwo\nthree".utf8), most: 2, isWhole: true) == "  | two\n  | three")
        let long = ModelText.lastLines(Array(repeating: 0x61, count: 9000), most: 2, isWhole: true)
        #expect(long.utf8.count < 600)
    }
}
