import NIOCore
import Testing

@testable import HTTPAPI

@Suite struct MultipartParserTests {
    static let boundary = "--b0"
    /// The second part has what a delimiter begins with, over and over.
    static let body =
        "----b0\r\nContent-Disposition: form-data; name=\"request\"\r\nContent-Type: application/json\r\n\r\n{}\r\n"
        + "----b0  \r\nContent-Disposition: form-data; name=\"source\"; filename=\"a b.zip\"\r\n\r\n"
        + "x\r\n----b\r\r\n\r\n--\r\n\r\n----b0\r\n"
        + "Content-Disposition: form-data; name=\"empty\"\r\n\r\n\r\n----b0--\r\nbehind"

    struct Part: Equatable {
        var headers: MultipartHeaders
        var content: [UInt8] = []
        var isWhole = false
    }

    @Test func partsComeWithTheirContent() throws {
        let parts = try read([Array(Self.body.utf8)])
        #expect(parts.map(\.headers.name) == ["request", "source", "empty"])
        #expect(parts.map { String(decoding: $0.content, as: UTF8.self) } == ["{}", "x\r\n----b\r\r\n\r\n--\r\n", ""])
        #expect(parts[0].headers.contentType == "application/json")
        #expect(parts[1].headers.fileName == "a b.zip")
        #expect(parts.map(\.isWhole) == [true, true, true])
    }

    @Test func aCutAnywhereChangesNothing() throws {
        let bytes = Array(Self.body.utf8)
        let whole = try read([bytes])
        for cut in 0...bytes.count {
            #expect(try read([Array(bytes[..<cut]), Array(bytes[cut...])]) == whole, "cut at \(cut)")
        }
        #expect(try read(bytes.map { [$0] }) == whole)
    }

    @Test func aBodyThatEndsEarlyIsNotComplete() throws {
        let end = Self.body.utf8.count - "\r\nbehind".utf8.count
        for length in stride(from: 0, to: end, by: 1) {
            var parser = try MultipartParser(boundary: Self.boundary)
            parser.feed(ByteBuffer(bytes: Array(Self.body.utf8.prefix(length))))
            while try parser.next() != nil {}
            #expect(!parser.isComplete, "after \(length) bytes")
        }
        var parser = try MultipartParser(boundary: Self.boundary)
        parser.feed(ByteBuffer(string: Self.body))
        while try parser.next() != nil {}
        #expect(parser.isComplete)
    }

    @Test func bytesBeforeTheFirstDelimiterArePassedOver() throws {
        let parts = try read([Array(("some words\r\n" + Self.body).utf8)])
        #expect(parts.count == 3)
    }

    @Test(arguments: [
        "----b0\r\nContent-Disposition: form-data\r\n\r\nx\r\n----b0--",
        "----b0\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n----b0--",
        "----b0\r\nno field\r\n\r\nx\r\n----b0--",
        "----b0\r\nContent-Disposition: form-data; name=\"a\"; name=\"b\"\r\n\r\nx\r\n----b0--",
        "----b0\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\n",
        "----b0\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Transfer-Encoding: base64\r\n\r\n",
        "----b0\nContent-Disposition: form-data; name=\"a\"\n\nx\n----b0--\n",
        "----b0\r\nContent-Disposition: form-data; name=\"a\"\n\r\n",
        "----b0\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n----b0 garbage\r\n",
        "----b0\r\nContent-Disposition: form-data; name=\"a\u{1}\"\r\n\r\n",
    ])
    func whatBreaksTheRulesIsAFault(_ body: String) {
        #expect(throws: MultipartFault.self) { try read([Array(body.utf8)]) }
    }

    @Test func whatIsTooMuchIsAFault() {
        let part = "----b0\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n"
        #expect(throws: MultipartFault.self) { try read([Array(String(repeating: part, count: 9).utf8)]) }
        #expect(throws: MultipartFault.self) { try read([Array((String(repeating: "x", count: 2000)).utf8)]) }
        let long = "----b0\r\nX: " + String(repeating: "y", count: 9000)
        #expect(throws: MultipartFault.self) { try read([Array(long.utf8)]) }
        let lines = "----b0\r\n" + (0..<17).map { "X\($0): y\r\n" }.joined()
        #expect(throws: MultipartFault.self) { try read([Array(lines.utf8)]) }
        let behind = Self.body + String(repeating: "z", count: 2000)
        #expect(throws: MultipartFault.self) { try read([Array(behind.utf8)]) }
    }

    @Test(arguments: ["", String(repeating: "a", count: 71), "a\r\nb", "a\"b", "ends with a space "])
    func whatIsNoBoundaryIsAFault(_ boundary: String) {
        #expect(throws: MultipartFault.self) { try MultipartParser(boundary: boundary) }
    }

    /// Only what may still become a delimiter is held back.
    @Test func littleIsHeldBack() throws {
        var parser = try MultipartParser(boundary: Self.boundary)
        parser.feed(ByteBuffer(string: "----b0\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n"))
        while try parser.next() != nil {}
        let piece = [UInt8](repeating: 0x0d, count: 100_000)
        parser.feed(ByteBuffer(bytes: piece))
        var given = 0
        while case .content(let content) = try parser.next() { given += content.readableBytes }
        #expect(given >= piece.count - 8)
    }

    @Test(arguments: [
        ("C:\\fakepath\\six.tar.gz", "six.tar.gz"), ("../../etc/passwd", "passwd"), ("six.zip", "six.zip"), ("/", ""),
    ])
    func onlyTheLastPartOfAFileNameCounts(_ sent: String, _ name: String) throws {
        let line = "Content-Disposition: form-data; name=\"source\"; filename=\"\(sent)\""
        #expect(try MultipartHeaders(lines: [Array(line.utf8)]).fileName == name)
    }

    private func read(_ chunks: [[UInt8]]) throws -> [Part] {
        var parser = try MultipartParser(boundary: Self.boundary)
        var parts: [Part] = []
        for chunk in chunks {
            parser.feed(ByteBuffer(bytes: chunk))
            while let event = try parser.next() {
                switch event {
                case .partBegan(let headers): parts.append(Part(headers: headers))
                case .content(let content): parts[parts.count - 1].content += content.readableBytesView
                case .partEnded: parts[parts.count - 1].isWhole = true
                case .bodyEnded: break
                }
            }
        }
        return parts
    }
}
