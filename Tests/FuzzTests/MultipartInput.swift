import NIOCore
import TestSupport

@testable import HTTPAPI

/// Bodies of forms. However one is cut, it is read alike or refused alike, and no more is given out than came in.
enum MultipartInput {
    private static let head = "Content-Disposition: form-data; name=\"a\"; filename=\"b\"\r\n"
    static let seeds = [
        "--b\r\n\(head)\r\nx\r\n--b--\r\n",
        "--b\r\n\(head)Content-Type: text/plain\r\n\r\n\r\n--b\r\n\(head)\r\ny\r\n--b--",
        "before\r\n--b \r\n\(head)\r\n--b\r\n--\r\n--b--behind",
    ]
    .map { Array($0.utf8) }
    static let tokens = [
        "\r\n", "\r", "\n", "--b", "\r\n--b", "\r\n--b--", "--", "\"", "\\", ";", ":", "\r\n\r\n", "\0",
    ]
    .map { Array($0.utf8) }

    @Sendable static func make(_ generator: inout SeededGenerator) -> [UInt8] {
        Mutation.of(seeds.randomElement(using: &generator) ?? [], tokens: tokens, &generator)
    }

    @Sendable static func check(_ bytes: [UInt8]) throws -> Bool {
        let whole = read([bytes])
        for cut in [1, bytes.count / 2, bytes.count - 1] where (0...bytes.count).contains(cut) {
            guard read([Array(bytes[..<cut]), Array(bytes[cut...])]) == whole else {
                throw FuzzFinding("read otherwise when cut at \(cut)")
            }
        }
        guard read(bytes.map { [$0] }) == whole else { throw FuzzFinding("read otherwise byte by byte") }
        guard whole.content.joined().count <= bytes.count else { throw FuzzFinding("more comes out than went in") }
        return whole.isComplete
    }

    private struct Reading: Equatable {
        var headers: [MultipartHeaders] = []
        var content: [[UInt8]] = []
        var isComplete = false
        var isRefused = false
    }

    private static func read(_ chunks: [[UInt8]]) -> Reading {
        var reading = Reading()
        do throws(MultipartFault) {
            var parser = try MultipartParser(boundary: "b")
            for chunk in chunks {
                parser.feed(ByteBuffer(bytes: chunk))
                while let event = try parser.next() {
                    switch event {
                    case .partBegan(let headers):
                        reading.headers.append(headers)
                        reading.content.append([])
                    case .content(let content): reading.content[reading.content.count - 1] += content.readableBytesView
                    case .partEnded, .bodyEnded: break
                    }
                }
            }
            reading.isComplete = parser.isComplete
        } catch {
            // What came before a fault depends on how much was read at once.
            return Reading(isRefused: true)
        }
        return reading
    }
}
