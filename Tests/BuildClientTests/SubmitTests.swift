import BuildAPI
import Foundation
import SystemPackage
import TestSupport
import PythonBuild
import Testing

@testable import BuildClient

@Suite struct SubmitTests {
    /// A folder with enough in it that its packing takes several reads.
    private func project() throws -> TemporaryFolder {
        let project = try TemporaryFolder()
        var generator = SeededGenerator(seed: 7)
        let noise = Data((0..<400_000).map { _ in UInt8.random(in: 0...255, using: &generator) })
        try noise.write(to: URL(filePath: project.path.appending("noise").string))
        return project
    }

    private func submit(
        _ server: ScriptedServer, _ folder: FilePath, token: String? = nil
    ) async throws -> JobDocument {
        let client = try client(of: server, token: token)
        var document = BuildDocument()
        document.environment = ["SOURCE_DATE_EPOCH": "1"]
        let result = await Result<JobDocument, any Error>.of {
            try await client.submit(document, source: .folder(folder) { _ in }, key: "key-1")
        }
        await client.shutdown()
        return try result.get()
    }

    @Test func theRequestComesFirstAndThenTheSource() async throws {
        let project = try project()
        try await withServer({ request, _ in
            request.method == "POST" && request.path == "/v1/builds" ? .json(job(), status: 202) : nil
        }) { server in
            let answer = try await submit(server, project.path, token: "bbx_secret")
            #expect(answer.state == .queued)
            let request = try #require(server.requests.first)
            #expect(request["authorization"] == "Bearer bbx_secret")
            #expect(request["idempotency-key"] == "key-1")
            let parts = try Multipart(request)
            #expect(parts.names == ["request", "source"])
            #expect(String(decoding: parts.bodies[0], as: UTF8.self) == #"{"environment":{"SOURCE_DATE_EPOCH":"1"}}"#)
            #expect(parts.bodies[1].starts(with: [0x1f, 0x8b]))
        }
    }

    @Test func anUploadThatBreaksBeginsAgainUnderTheSameKey() async throws {
        let project = try project()
        try await withServer(cutAfter: 150_000, { request, _ in .json(job(), status: 202) }) { server in
            _ = try await submit(server, project.path)
            let request = try #require(server.requests.first)
            #expect(server.requests.count == 1, "the first upload must not have come to its end")
            #expect(request["idempotency-key"] == "key-1")
            #expect(try Multipart(request).bodies[1].count > 400_000)
        }
    }

    @Test func anAnswerThatIsLostIsAskedForAgainUnderTheSameKey() async throws {
        let project = try project()
        try await withServer({ _, index in index == 0 ? nil : .json(job(), status: 202) }) { server in
            _ = try await submit(server, project.path)
            #expect(server.requests.map { $0["idempotency-key"] } == ["key-1", "key-1"])
            #expect(server.requests[0].body == server.requests[1].body)
        }
    }

    @Test func otherBytesThanThoseThatWereSentAreFound() async throws {
        let project = try project()
        let wrong = String(repeating: "0", count: 64)
        try await withServer({ _, _ in .json(job(blob: wrong), status: 202) }) { server in
            let error = await #expect(throws: ClientError.self) { try await submit(server, project.path) }
            #expect(error?.code == .digest)
        }
        // The same with the digest of what was sent passes.
        try await withServer({ request, _ in
            .json(job(blob: (try? Multipart(request))?.digest(of: 1)), status: 202)
        }) { server in _ = try await submit(server, project.path) }
    }

    @Test func aFullQueueIsToldAtOnceAndNotWaitedFor() async throws {
        let project = try project()
        try await withServer({ _, _ in .problem(503, "queue_full", "1000 jobs wait") }) { server in
            let error = await #expect(throws: ClientError.self) { try await submit(server, project.path) }
            #expect(error?.exitStatus == .internalFault)
            #expect(server.requests.count == 1)
        }
    }

    @Test(arguments: [(401, "unauthenticated"), (403, "forbidden")])
    func whoIsNotLetInIsTold(_ status: Int, _ code: String) async throws {
        let project = try project()
        try await withServer({ _, _ in .problem(status, code, "no") }) { server in
            let error = await #expect(throws: ClientError.self) {
                try await submit(server, project.path, token: "bbx_secret")
            }
            #expect(error?.exitStatus == .refusedByPolicy)
            #expect(error?.message.contains("bbx_secret") == false)
            #expect(server.requests.count == 1)
        }
    }

    @Test func whatIsWrongWithARequestIsShownWithItsPlace() async throws {
        let project = try project()
        let errors = #"[{"pointer":"/limits/pids","detail":"at most 512 here"}]"#
        try await withServer({ _, _ in .problem(422, "invalid_request", "too much", errors: errors) }) { server in
            let error = await #expect(throws: ClientError.self) { try await submit(server, project.path) }
            #expect(error?.message == "too much\n  | /limits/pids: at most 512 here")
            #expect(error?.exitStatus == .usage)
        }
    }

    @Test func aServerThatIsAboutToStartAnewIsWaitedFor() async throws {
        let project = try project()
        try await withServer({ _, index in
            index < 2 ? .problem(503, "draining", "going down") : .json(job(), status: 202)
        }) { server in
            _ = try await submit(server, project.path)
            #expect(server.requests.count == 3)
        }
    }

    @Test func aServerThatIsStartingIsWaitedForAndOneWithAFullDiskIsNot() async throws {
        let project = try project()
        for (code, requests) in [("starting", 2), ("store_unavailable", 1)] {
            try await withServer({ _, index in
                index == 0 ? .problem(503, code, "not now") : .json(job(), status: 202)
            }) { server in
                _ = try? await submit(server, project.path)
                #expect(server.requests.count == requests)
            }
        }
    }

    @Test func aRedirectTakesTheTokenNowhere() async throws {
        let project = try project()
        try await withServer({ _, _ in .json(job()) }) { thief in
            try await withServer({ _, _ in .init(status: 307, headers: [("location", "\(thief.url)/v1/builds")]) }) {
                server in
                let error = await #expect(throws: ClientError.self) {
                    try await submit(server, project.path, token: "bbx_secret")
                }
                #expect(error?.code == .refused)
                #expect(thief.requests.isEmpty)
                #expect(server.requests.count == 1)
            }
        }
    }

    @Test func aServerThatIsNotThereIsToldWithoutWaiting() async throws {
        let server = try await ScriptedServer { _, _ in nil }
        let client = try client(of: server)
        try await server.close()
        let error = await #expect(throws: ClientError.self) { try await client.jobs() }
        await client.shutdown()
        #expect(error?.code == .unreachable)
        #expect(error?.exitStatus == .internalFault)
        #expect(error?.message.contains("Connection refused") == true)
    }

    @Test func aFolderThatCannotBeReadIsNoFaultOfTheServers() async throws {
        try await withServer({ _, _ in .json(job(), status: 202) }) { server in
            let error = await #expect(throws: ClientError.self) { try await submit(server, "/nonexistent") }
            #expect(error?.code == .unreadable)
            #expect(error?.exitStatus == .usage)
        }
    }
}

extension Result where Failure == any Error {
    /// What came of an asynchronous call.
    static func of(_ call: () async throws -> Success) async -> Self {
        do {
            return .success(try await call())
        } catch {
            return .failure(error)
        }
    }
}
