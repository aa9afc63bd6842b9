import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import PythonBuild

@Suite struct DeclarationMemoTests {
    private let folder: TemporaryFolder
    private let memo: DeclarationMemo
    private var project: FilePath { folder.path.appending("project") }
    private var file: FilePath { project.appending("pyproject.toml") }

    init() throws {
        folder = try TemporaryFolder()
        let state = StateFolder(root: folder.path.appending("home"))
        try state.prepare()
        memo = DeclarationMemo(state: state, toolchain: "/toolchain")
        try FileManager.default.createDirectory(
            atPath: folder.path.appending("project").string, withIntermediateDirectories: true)
    }

    private func pyproject(_ text: String) throws -> DeclarationMemo.Pyproject? {
        try Fixture.write(text, to: file)
        return memo.pyproject(of: try Source(BuildRequest(source: project)))
    }

    @Test func theSameBytesSayTheSameAndOthersNothing() throws {
        let first = try #require(try pyproject("a = 1\n"))
        #expect(first.bytes == Array("a = 1\n".utf8))
        #expect(memo.find(first.key) == nil)
        memo.keep(["x", "y"], "name", as: first.key)
        let again = try #require(try pyproject("a = 1\n"))
        let found = try #require(memo.find(again.key))
        #expect(found.requires == ["x", "y"])
        #expect(found.name == "name")
        let other = try #require(try pyproject("a = 2\n"))
        #expect(memo.find(other.key) == nil)
        let upgraded = DeclarationMemo(state: memo.state, toolchain: "/another")
        let read = try #require(upgraded.pyproject(of: try Source(BuildRequest(source: project))))
        #expect(upgraded.find(read.key) == nil, "what read it is another")
    }

    /// A slot has the last entry: one that fell into it does not stand in for the one before.
    @Test func anEntryIsFoundUnderItsWholeKeyAlone() {
        memo.keep(["x"], nil, as: "abc1")
        memo.keep(["y"], nil, as: "abc2")
        #expect(memo.find("abc1") == nil)
        #expect(memo.find("abc2")?.requires == ["y"])
    }

    @Test(arguments: ["link", "pipe", "folder", "large", "none"])
    func whatIsNoOrdinaryFileIsLeftToTheSandbox(_ kind: String) throws {
        try Fixture.write("a = 1\n", to: folder.path.appending("elsewhere"))
        switch kind {
        case "link":
            try FileManager.default.createSymbolicLink(
                atPath: file.string, withDestinationPath: folder.path.appending("elsewhere").string)
        case "pipe": #expect(mkfifo(file.string, 0o644) == 0)
        case "folder": #expect(mkdir(file.string, 0o755) == 0)
        case "large": try Fixture.write(String(repeating: "#", count: 300 << 10), to: file)
        default: break
        }
        #expect(memo.pyproject(of: try Source(BuildRequest(source: project))) == nil)
        unlink(file.string)
        rmdir(file.string)
        #expect(try pyproject("a = 1\n") != nil, "the positive control")
    }
}
