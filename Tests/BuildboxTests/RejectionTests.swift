import Foundation
import SystemPackage
import Testing

@Suite struct RejectionTests {
    /// Each leaves something else than the artifact that the control below leaves.
    @Test(arguments: [
        "link", "hardlink", "fifo", "socket", "directory", "newline-name", "dotdot", "non-utf8", "bidi", "zip-slip",
        "zip-absolute", "duplicate", "bad-record", "record-missing-file", "record-absent-file", "no-record",
        "not-a-zip",
        "zip-bomb", "wrong-name", "two-wheels", "nothing",
    ])
    func anArtifactThatIsNoneIsRejected(kind: String) throws {
        let outcome = try build(kind, "-w")
        #expect(outcome.code == 7, "\(outcome.stderr.suffix(2000))")
    }

    @Test(arguments: [
        "sdist-link-out", "sdist-two-tops", "sdist-absolute", "sdist-dotdot", "sdist-device", "sdist-duplicate",
    ])
    func aSourceDistributionThatIsNoneIsRejected(kind: String) throws {
        let outcome = try build(kind, "-s")
        #expect(outcome.code == 7, "\(outcome.stderr.suffix(2000))")
    }

    @Test func theSameProjectGivesItsArtifacts() throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        let outcome = try test.buildbox(["run", try test.project("artifacts").string])
        #expect(outcome.code == 0, "\(outcome.stderr)")
        #expect(outcome.stdout.split(separator: "\n").count == 2)
    }

    @Test func whatABuildPrintsChangesNothing() throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        let project = try test.project("artifacts")
        let outcome = try test.buildbox(["run", "-w", "--json", "-C", "artifact=escapes", project.string])
        #expect(outcome.code == 0)
        #expect(outcome.stderr.contains("buildbox.result/v1"), "the forged document was printed")
        let artifacts = try #require(try outcome.document()["artifacts"] as? [[String: Any]])
        #expect(artifacts.map { $0["name"] as? String } == ["artifacts-1.0-py3-none-any.whl"])
    }

    @Test func aDefaultOutputFolderThatIsALinkIsRefused() throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        let project = try test.project("hello-intree")
        let elsewhere = test.folder.appending("elsewhere")
        try FileManager.default.createDirectory(atPath: elsewhere.string, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: project.appending("dist").string, withDestinationPath: elsewhere.string)
        let outcome = try test.buildbox(["run", "-w", project.string])
        #expect(outcome.code == 2)
        #expect(try FileManager.default.contentsOfDirectory(atPath: elsewhere.string).isEmpty)
        #expect(try test.buildbox(["run", "-w", "-o", elsewhere.string, project.string]).code == 0)
    }

    private func build(_ kind: String, _ option: String) throws -> EndToEnd.Outcome {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        let output = test.folder.appending("out")
        let project = try test.project("artifacts")
        let outcome = try test.buildbox(
            ["run", option, "--disk", "64MiB", "-o", output.string, "-C", "artifact=\(kind)", project.string])
        #expect(outcome.stdout.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: output.string), "nothing is delivered")
        return outcome
    }
}
