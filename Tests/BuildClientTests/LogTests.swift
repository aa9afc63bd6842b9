import Testing

@testable import BuildClient

@Suite struct LogTests {
    private let id = "01JD3Y6QG8Z4V5W7X9A2B4C6D8"
    private let text = Array("one\ntwo\nthree\n\u{1b}]0;evil\u{7}".utf8)

    private func read(_ server: ScriptedServer, from offset: UInt64 = 0) async throws -> (bytes: [UInt8], end: UInt64) {
        let client = try client(of: server)
        var bytes: [UInt8] = []
        let end = await Result<UInt64, any Error>.of {
            try await client.log(id, from: offset) { (part) throws(ClientError) in bytes += part }
        }
        await client.shutdown()
        return (bytes, try end.get())
    }

    @Test func theBytesComeAsTheyArePastEveryBreak() async throws {
        let text = text
        try await withServer({ request, _ in
            let start = request["range"].flatMap { $0.firstMatch(of: /bytes=(\d+)-/) }.flatMap { Int($0.1) } ?? 0
            return .init(
                status: start == 0 ? 200 : 206,
                headers: [("content-range", "bytes \(start)-\(text.count - 1)/\(text.count)")],
                body: Array(text[start...]), cut: min(5, text.count - start))
        }) { server in
            let (bytes, end) = try await read(server)
            #expect(bytes == text)
            #expect(end == UInt64(text.count))
            #expect(server.requests.first?.path == "/v1/builds/\(id)/log?raw=1")
        }
    }

    @Test func aServerThatKnowsNoRangesRepeatsNothing() async throws {
        let text = text
        try await withServer({ _, index in .init(body: text, cut: index == 0 ? 6 : nil) }) { server in
            let bytes = try await read(server).bytes
            #expect(bytes == text)
        }
    }

    @Test func whereNothingIsNewNothingComes() async throws {
        try await withServer({ _, _ in .problem(416, "range_not_satisfiable", "no") }) { server in
            let (bytes, end) = try await read(server, from: 20)
            #expect(bytes.isEmpty)
            #expect(end == 20)
        }
    }

    @Test func anotherRangeThanTheOneAskedForIsNotTaken() async throws {
        let text = text
        try await withServer({ _, _ in
            .init(status: 206, headers: [("content-range", "bytes 0-3/4")], body: Array(text[..<4]))
        }) { server in
            let error = await #expect(throws: ClientError.self) { try await read(server, from: 8) }
            #expect(error?.code == .unexpected)
        }
    }
}
