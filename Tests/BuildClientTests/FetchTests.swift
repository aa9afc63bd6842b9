import Crypto
import Foundation
import PythonBuild
import SystemPackage
import TestSupport
import Testing

@testable import BuildClient

@Suite struct FetchTests {
    private let id = "01JD3Y6QG8Z4V5W7X9A2B4C6D8"
    private let content: [UInt8] = {
        var generator = SeededGenerator(seed: 3)
        return (0..<300_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }()

    private var artifact: Artifact {
        let digest = SHA256.hash(data: content).map { String(format: "%02x", $0) }.joined()
        return Artifact(name: "hello-1.0-py3-none-any.whl", kind: .wheel, size: UInt64(content.count), sha256: digest)
    }

    private func fetch(
        _ artifact: Artifact, from server: ScriptedServer, into destination: OutputDestination
    ) async throws -> FilePath {
        let client = try client(of: server)
        let result = await Result<FilePath, any Error>.of {
            try await client.fetch(artifact, of: id, into: destination)
        }
        await client.shutdown()
        return try result.get()
    }

    /// What a folder holds; no folder is as unexpected as a file too many.
    private func files(in folder: FilePath) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? ["no folder"]
    }

    @Test func aDownloadThatBreaksGoesOnWhereItWas() async throws {
        let folder = try TemporaryFolder()
        let content = content
        try await withServer({ request, _ in
            let start = request["range"].flatMap { $0.firstMatch(of: /bytes=(\d+)-/) }.flatMap { Int($0.1) } ?? 0
            return .init(
                status: start == 0 ? 200 : 206,
                headers: [
                    ("etag", "\"one\""), ("content-range", "bytes \(start)-\(content.count - 1)/\(content.count)"),
                ],
                body: Array(content[start...]), cut: min(120_000, content.count - start))
        }) { server in
            let path = try await fetch(
                artifact, from: server, into: OutputDestination(folder: folder.path, insideProject: false))
            #expect(try Array(Data(contentsOf: URL(filePath: path.string))) == content)
            #expect(files(in: folder.path) == [artifact.name])
            // What was under way when the connection broke may be lost: each try begins where the file ends.
            let starts = server.requests.dropFirst().compactMap { $0["range"] }
            #expect(starts.count == server.requests.count - 1)
            #expect(server.requests.count >= 3)
            #expect(Set(starts).count == starts.count)
            #expect(server.requests.dropFirst().allSatisfy { $0["if-range"] == "\"one\"" })
        }
    }

    @Test func whereTheServerHasOtherBytesNowTheWholeIsTaken() async throws {
        let folder = try TemporaryFolder()
        let content = content
        try await withServer({ _, index in
            .init(headers: [("etag", "\"\(index)\"")], body: content, cut: index == 0 ? 100_000 : nil)
        }) { server in
            let path = try await fetch(
                artifact, from: server, into: OutputDestination(folder: folder.path, insideProject: false))
            #expect(try Array(Data(contentsOf: URL(filePath: path.string))) == content)
            #expect(server.requests.count == 2)
        }
    }

    /// The positive control is every test above: right bytes get their name.
    @Test func wrongBytesNeverGetTheName() async throws {
        let folder = try TemporaryFolder()
        var wrong = content
        wrong[7] ^= 1
        for body in [wrong, content + [0]] {
            try await withServer({ _, _ in .init(body: body) }) { server in
                let error = await #expect(throws: ClientError.self) {
                    try await fetch(
                        artifact, from: server, into: OutputDestination(folder: folder.path, insideProject: false))
                }
                #expect(error?.code == .digest)
                #expect(error?.exitStatus == .artifactRejected)
                #expect(files(in: folder.path).isEmpty)
            }
        }
    }

    @Test(arguments: [
        "../evil.whl", "/etc/evil", "", ".hidden", "a/b", "nul\0.whl", "setup.py", "Makefile", "evil.whl",
        "hello-1.0.tar.gz",
        "hello-1.0-py3-none-any\u{1b}[2J.whl", "hello-1.0-py3-none-any.whl\n/etc/passwd",
    ])
    func aNameThatIsNoneOfAWheelIsRefused(_ name: String) async throws {
        let folder = try TemporaryFolder()
        var artifact = artifact
        artifact.name = name
        let content = content
        try await withServer({ _, _ in .init(body: content) }) { server in
            let error = await #expect(throws: ClientError.self) {
                try await fetch(
                    artifact, from: server, into: OutputDestination(folder: folder.path, insideProject: false))
            }
            #expect(error?.code == .unexpected)
            #expect(files(in: folder.path).isEmpty)
        }
    }

    @Test func aDistThatTheProjectMadeALinkIsNotFollowed() async throws {
        let project = try TemporaryFolder()
        let elsewhere = try TemporaryFolder()
        try FileManager.default.createSymbolicLink(
            atPath: project.path.appending("dist").string, withDestinationPath: elsewhere.path.string)
        let content = content
        try await withServer({ _, _ in .init(body: content) }) { server in
            let error = await #expect(throws: ClientError.self) {
                try await fetch(
                    artifact, from: server,
                    into: OutputDestination(folder: project.path.appending("dist"), insideProject: true))
            }
            #expect(error?.code == .output)
            #expect(files(in: elsewhere.path).isEmpty)
            // Named by the caller it is the caller's, link or not.
            _ = try await fetch(
                artifact, from: server,
                into: OutputDestination(folder: project.path.appending("dist"), insideProject: false))
            #expect(files(in: elsewhere.path) == [artifact.name])
        }
    }
}
