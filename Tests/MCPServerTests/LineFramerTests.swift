import MCPServer
import Testing

@Suite("Lines of a byte stream")
struct LineFramerTests {
    private let text = Array("one\ntwo three\n\n{\"four\":4}\n".utf8)
    private let lines = ["one", "two three", "{\"four\":4}"].map { LineFramer.Line.text(Array($0.utf8)) }

    @Test("lines come out the same wherever the stream is cut")
    func cuts() {
        for cut in 0...text.count {
            var framer = LineFramer()
            #expect(framer.lines(text[..<cut]) + framer.lines(text[cut...]) == lines)
            #expect(framer.rest() == nil)
        }
    }

    @Test("a line that is too long is told once, and the next one is read")
    func tooLong() {
        var framer = LineFramer(longest: 8)
        var got: [LineFramer.Line] = []
        for byte in Array("123456789abcdef\n12345678\n".utf8) { got += framer.lines([byte]) }
        #expect(got == [.tooLong, .text(Array("12345678".utf8))])
    }

    @Test("what stands behind the last line feed is the rest")
    func rest() {
        var framer = LineFramer()
        #expect(framer.lines(Array("a\nb".utf8)[...]) == [.text([0x61])])
        #expect(framer.rest() == [0x62])
        #expect(framer.rest() == nil)
    }
}
