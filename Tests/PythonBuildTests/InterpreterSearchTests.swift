import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import PythonBuild

/// Stand-ins for interpreters leave a mark when they are started.
@Suite struct InterpreterSearchTests {
    private let folder: TemporaryFolder
    private var project: FilePath { folder.path.appending("project") }
    private var elsewhere: FilePath { folder.path.appending("elsewhere") }
    private var mark: FilePath { folder.path.appending("started") }

    init() throws {
        folder = try TemporaryFolder()
        for name in ["project", "elsewhere", "state/interpreters"] {
            let path = folder.path.appending(name).string
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
    }

    @Test func theSystemsInterpreterIsFoundAndRemembered() async throws {
        let found = try await find(nil, PATH: "/usr/bin:/bin")
        #expect(found.implementation == "cpython")
        let names = try FileManager.default.contentsOfDirectory(
            atPath: folder.path.appending("state/interpreters").string)
        #expect(names.count == 1)
        #expect(try await find("/usr/bin/python3", PATH: "") == found)
    }

    @Test func anInterpreterElsewhereIsStarted() async throws {
        let python = try standIn(elsewhere.appending("bin/python3"))
        #expect(try await find(python.string).version == "3.99.0")
        #expect(Fixture.exists(mark))
    }

    @Test func anInterpreterInsideTheProjectIsRefusedByPath() async throws {
        let python = try standIn(project.appending("bin/python3"))
        try await refused("lies inside the project") { try await find(python.string) }
        try await refused("lies inside the project") {
            try await find(elsewhere.appending("../project/bin/python3").string)
        }
        try await refused("lies inside the project") { try await find(nil, PATH: "\(project)/bin:/usr/bin") }
    }

    @Test func anInterpreterInsideTheProjectIsRefusedByLink() async throws {
        let python = try standIn(project.appending("python3"))
        let link = elsewhere.appending("bin/python3")
        try Fixture.link(link, to: python)
        try await refused("lies inside the project") { try await find(link.string) }
        let folderLink = elsewhere.appending("linked")
        try Fixture.link(folderLink, to: project)
        try await refused("lies inside the project") { try await find(nil, PATH: folderLink.string) }
    }

    @Test func aLinkOfTheProjectIsNotFollowed() async throws {
        let python = try standIn(elsewhere.appending("bin/python3"))
        let link = project.appending("python3")
        try Fixture.link(link, to: python)
        try await refused("lies inside the project") { try await find(link.string) }
    }

    @Test(arguments: ["prefix", "base_prefix", "base_executable"])
    func anInterpreterWhoseFilesLieInsideTheProjectIsRefused(_ field: String) async throws {
        let good = try standIn(elsewhere.appending("good"), field: field, value: "\(elsewhere)/x")
        #expect(try await find(good.string).version == "3.99.0")
        let bad = try standIn(elsewhere.appending("bad"), field: field, value: "\(project)/x")
        let failure = await #expect(throws: BuildFailure.self) { try await find(bad.string) }
        #expect(failure?.message.contains("lies inside the project") == true)
    }

    @Test func relativeEntriesOfPATHAreSkipped() async throws {
        let python = try standIn(elsewhere.appending("bin/python3"))
        let bin = python.removingLastComponent()
        let ups = FilePath(FileManager.default.currentDirectoryPath).components.map { _ in ".." }.joined(separator: "/")
        let relative = ups + bin.string
        try #require(Fixture.exists(FilePath(relative).appending("python3")))
        for PATH in [relative, ":", ".", "\(relative)::."] {
            try await refused("no python3 on PATH") { try await find(nil, PATH: PATH) }
        }
        #expect(try await find(nil, PATH: "\(relative):\(bin)").version == "3.99.0")
    }

    @Test func aVersionIsLookedForByName() async throws {
        let bin = try standIn(elsewhere.appending("python3.99")).removingLastComponent().string
        #expect(try await find("3.99", PATH: bin).version == "3.99.0")
        #expect(try await find("python3.99", PATH: bin).version == "3.99.0")
        let failure = await #expect(throws: BuildFailure.self) { try await find("3.98", PATH: bin) }
        #expect(failure?.message.contains("no python3.98 on PATH") == true)
    }

    @Test(arguments: [
        ("#!/bin/sh\necho no JSON\n", "does not answer like"), ("#!/bin/sh\nexit 3\n", "ended with a fault"),
        ("#!/bin/sh\nkill -9 $$\n", "ended with a fault"), ("#!/nonexistent\n", "cannot start"),
    ])
    func whatIsNoInterpreterIsRefused(_ script: String, message: String) async throws {
        let python = elsewhere.appending("python3")
        try Fixture.write(script, to: python, executable: true)
        try await refused(message) { try await find(python.string) }
    }

    @Test func anImplementationThatIsNotKnownIsRefused() async throws {
        for (name, isKnown) in [("cpython", true), ("pypy", true), ("ironpython", false)] {
            let python = try standIn(elsewhere.appending(name), field: "implementation", value: name)
            let found = await Result { () async throws(BuildFailure) in try await find(python.string) }
            #expect((found.value != nil) == isKnown, "\(name)")
        }
    }

    private func find(_ wish: String?, PATH: String = "/usr/bin:/bin") async throws(BuildFailure) -> Interpreter {
        let search = InterpreterSearch(
            state: StateFolder(root: folder.path.appending("state")), environment: ["PATH": PATH], forbidden: [project])
        return try await search.find(wish)
    }

    private func refused(_ message: String, _ body: () async throws -> Interpreter) async throws {
        let failure = await #expect(throws: BuildFailure.self) { try await body() }
        #expect(failure?.code == .invalidRequest)
        #expect(failure?.message.contains(message) == true, "\(failure?.message ?? "")")
        #expect(!Fixture.exists(mark), "it was started")
    }

    private func standIn(_ path: FilePath, field: String = "", value: String = "") throws -> FilePath {
        var answer = [
            "executable": path.string, "base_executable": "/usr/bin/python3", "prefix": "/usr", "base_prefix": "/usr",
            "version": "3.99.0", "implementation": "cpython", "build": "", "platform": "", "soabi": "",
        ]
        if !field.isEmpty { answer[field] = value }
        try Fixture.write("#!/bin/sh\n: >'\(mark)'\necho '\(JSON.text(answer))'\n", to: path, executable: true)
        return path
    }
}
