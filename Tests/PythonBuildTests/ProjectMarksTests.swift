import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import PythonBuild

@Suite struct ProjectMarksTests {
    private let folder: TemporaryFolder
    private var project: FilePath { folder.path.appending("project") }
    private var pyproject: FilePath { project.appending("pyproject.toml") }

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path.appending("project").string, withIntermediateDirectories: true)
    }

    private var marks: ProjectMarks? {
        get throws { ProjectMarks(of: try Source(BuildRequest(source: project))) }
    }

    @Test func theSameBytesHaveTheSameDigestAndOthersAnother() throws {
        try Fixture.write("a = 1\n", to: pyproject)
        let first = try #require(try marks)
        #expect(first.pyproject == Array("a = 1\n".utf8))
        #expect(try marks?.digest == first.digest)
        try Fixture.write("a = 2\n", to: pyproject)
        #expect(try #require(try marks).digest != first.digest)
    }

    @Test func aSetupFileAloneIsAMarkAndWhatItSaysIsNone() throws {
        try Fixture.write("one", to: project.appending("setup.py"))
        let alone = try #require(try marks)
        #expect(alone.pyproject == nil)
        try Fixture.write("another", to: project.appending("setup.py"))
        #expect(try marks == alone)
        try Fixture.write("", to: pyproject)
        #expect(try #require(try marks).digest != alone.digest, "an empty pyproject.toml is not none")
    }

    @Test(arguments: ["link", "pipe", "folder", "large", "none"])
    func whatIsNoOrdinaryFileIsLeftToTheSandbox(_ kind: String) throws {
        try Fixture.write("a = 1\n", to: folder.path.appending("elsewhere"))
        switch kind {
        case "link": try Fixture.link(pyproject, to: folder.path.appending("elsewhere"))
        case "pipe": #expect(mkfifo(pyproject.string, 0o644) == 0)
        case "folder": #expect(mkdir(pyproject.string, 0o755) == 0)
        case "large": try Fixture.write(String(repeating: "#", count: 300 << 10), to: pyproject)
        default: break
        }
        #expect(try marks == nil)
        // A setup.py changes nothing while something is at pyproject.toml, whatever it is.
        try Fixture.write("", to: project.appending("setup.py"))
        #expect(try (marks != nil) == (kind == "none"))
        unlink(pyproject.string)
        rmdir(pyproject.string)
        try Fixture.write("a = 1\n", to: pyproject)
        #expect(try marks?.pyproject != nil, "the positive control")
    }
}
