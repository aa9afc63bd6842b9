import Foundation
import Sandbox
import SystemPackage
import TestSupport
import Testing

@testable import PythonBuild

/// What a request's source is taken for before anything of it is read.
@Suite struct SourceTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test(
        arguments: [
            ("p.tar.gz", .tarGzip), ("p.tgz", .tarGzip), ("P.TAR.ZST", .tarZstandard), ("p.zip", .zip),
            ("p-1.0.tar.gz", .tarGzip),
        ] as [(String, ArchiveFormat)])
    func anArchiveIsKnownByItsName(name: String, format: ArchiveFormat) throws {
        let source = try Source(request(name))
        #expect(source.kind == .archive(format))
        #expect(source.mayBeSdist == (name == "p-1.0.tar.gz"))
        #expect(source.stagings.map(\.staging) == [.unpack, .unpack])
    }

    @Test func aNameCanBeGivenForAFileThatHasAnother() throws {
        var request = try request("0a1b")
        #expect(throws: BuildFailure.self) { try Source(request) }
        request.sourceName = "p-1.0.tar.gz"
        #expect(try Source(request).name == "p-1.0.tar.gz")
        #expect(try Source(request).asSdist().inside == "/src/p-1.0.tar.gz")
    }

    @Test(arguments: ["a/p.zip", "/p.zip", "..", "", "p.tar", "p.whl", String(repeating: "n", count: 252) + ".zip"])
    func aNameThatIsNoFileNameOfAnArchiveIsRefused(name: String) throws {
        var request = try request("blob")
        request.sourceName = name
        #expect(throws: BuildFailure.self) { try Source(request) }
    }

    @Test func theProjectOfAnArchiveIsWhereItWasFound() throws {
        let source = try Source(request("p.zip"))
        #expect(try source.with(project: "").inside == "/src")
        #expect(try source.with(project: "top/a b").inside == "/src/top/a b")
    }

    @Test(arguments: ["/etc", "..", "a/../..", "./a/..", String(repeating: "n", count: 4001)])
    func aProjectThatIsNoPathOfNamesIsRefused(project: String) throws {
        let source = try Source(request("p.zip"))
        #expect(throws: BuildFailure.self) { try source.with(project: project) }
    }

    @Test func theProjectOfAFolderMayLieBelowIt() throws {
        try Fixture.write("", to: folder.path.appending("repository/a/b/setup.py"))
        var request = BuildRequest(source: folder.path.appending("repository"))
        request.subdirectory = "a/b"
        let source = try Source(request)
        #expect(source.inside == "/src/a/b")
        #expect(source.root == request.source)
        #expect(OutputDestination(request, source: source).folder == request.source.appending("a/b/dist"))
    }

    @Test(arguments: ["..", "/etc", "none", "link", "a/../../x"])
    func aSubdirectoryThatLeavesTheFolderIsRefused(subdirectory: String) throws {
        let root = folder.path.appending("repository")
        try Fixture.write("", to: root.appending("setup.py"))
        try Fixture.link(root.appending("link"), to: "/etc")
        var request = BuildRequest(source: root)
        request.subdirectory = subdirectory
        let failure = #expect(throws: BuildFailure.self) { try Source(request) }
        #expect(failure?.code == .invalidRequest)
        #expect(failure?.message.contains("--subdirectory") == true)
    }

    private func request(_ name: String) throws -> BuildRequest {
        let file = folder.path.appending(name)
        try Fixture.write("", to: file)
        return BuildRequest(source: file)
    }
}
