import BuildAPI
import PythonBuild
import Testing

@testable import BuildClient

@Suite struct FollowTests {
    private let id = "01JD3Y6QG8Z4V5W7X9A2B4C6D8"

    @Test func aConnectionThatBreaksGoesOnAfterTheLastEvent() async throws {
        let all = (1...9).map { logEvent($0, "\($0)") } + [event(10, "end", endEvent)]
        let remarks = Remarks()
        try await withServer({ request, _ in
            let last = Int(request["last-event-id"] ?? "0") ?? 0
            let rest = Array(all.dropFirst(last).joined().utf8)
            // Two events and a piece of the third each time.
            let cut = all.dropFirst(last).prefix(2).joined().utf8.count + 5
            return .init(headers: [("content-type", "text/event-stream")], body: rest, cut: min(cut, rest.count))
        }) { server in
            let client = try client(of: server, remarks: remarks)
            var seen: [UInt64] = []
            let last = try await client.follow(id) { (event) throws(ClientError) in seen.append(event.sequence) }
            await client.shutdown()
            #expect(seen == Array(1...10))
            #expect(last == 10)
            // What was under way when a connection broke may be lost: it is asked for again.
            let asked = server.requests.map { Int($0["last-event-id"] ?? "0") ?? 0 }
            #expect(asked.first == 0)
            #expect(asked == asked.sorted())
            #expect(asked.count >= 5)
            #expect(server.requests.allSatisfy { $0.path == "/v1/builds/\(id)/events" })
            #expect(remarks.all.contains { $0.contains("trying again") })
            #expect(remarks.all.contains("the server answers again"))
        }
    }

    @Test func anEventThatComesTwiceIsToldOnce() async throws {
        try await withServer({ _, _ in
            .init(
                body: Array((logEvent(1, "a") + logEvent(1, "a") + logEvent(2, "b") + event(3, "end", endEvent)).utf8))
        }) { server in
            let client = try client(of: server)
            var seen: [UInt64] = []
            try await client.follow(id) { (event) throws(ClientError) in seen.append(event.sequence) }
            await client.shutdown()
            #expect(seen == [1, 2, 3])
        }
    }

    @Test func aKindOfEventFromANewerServerIsPassedOver() async throws {
        try await withServer({ _, _ in
            .init(body: Array((event(1, "weather", "{}") + event(2, "end", endEvent)).utf8))
        }) { server in
            let client = try client(of: server)
            var seen: [JobEvent] = []
            try await client.follow(id) { (event) throws(ClientError) in seen.append(event) }
            await client.shutdown()
            #expect(seen == [JobEvent(sequence: 2, event: .end(.init(state: .succeeded, exitCode: 0)))])
        }
    }

    @Test func whereNothingIsLeftTheFollowingEnds() async throws {
        try await withServer({ _, _ in .init(status: 204) }) { server in
            let client = try client(of: server)
            let last = try await client.follow(id, after: 7) { (_) throws(ClientError) in Issue.record("an event") }
            await client.shutdown()
            #expect(last == 7)
            #expect(server.requests.first?["last-event-id"] == "7")
        }
    }

    @Test func aServerThatOnlyBreaksOffIsGivenUp() async throws {
        let policy = RetryPolicy(
            patience: .milliseconds(50), firstPause: .milliseconds(10), longestPause: .milliseconds(10))
        try await withServer({ _, index in
            index == 0 ? .init(body: Array(logEvent(1, "a").utf8)) : nil
        }) { server in
            let client = try client(of: server, policy: policy)
            let error = await #expect(throws: ClientError.self) {
                try await client.follow(id) { (_) throws(ClientError) in }
            }
            await client.shutdown()
            #expect(error?.code == .dropped)
            #expect(error?.exitStatus == .internalFault)
            #expect(server.requests.count > 2)
        }
    }

    @Test func anotherGrantsJobEndsAtOnce() async throws {
        try await withServer({ _, _ in .problem(404, "not_found", "there is no such job") }) { server in
            let client = try client(of: server)
            let error = await #expect(throws: ClientError.self) {
                try await client.follow(id) { (_) throws(ClientError) in }
            }
            await client.shutdown()
            #expect(error?.problem == .notFound)
            #expect(error?.message == "there is no such job")
            #expect(error?.exitStatus == .usage)
            #expect(server.requests.count == 1)
        }
    }
}
