import Foundation
import SystemPackage
import Testing

/// What each option changes, beside the same call without it.
@Suite struct OptionTests {
    /// A setuptools project whose version stands in a file that an option shows, or does not.
    private func project(_ test: EndToEnd, in folder: String, versionFrom expression: String) throws -> FilePath {
        let path = test.folder.appending(folder)
        try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
        let files = [
            "pyproject.toml": """
            [build-system]
            requires = ["setuptools"]
            build-backend = "setuptools.build_meta"

            """,
            "setup.py": """
            import os
            from setuptools import setup
            setup(name="optional", version=open(\(expression)).read().strip(), py_modules=[])

            """,
        ]
        for (name, text) in files { try Data(text.utf8).write(to: URL(filePath: path.appending(name).string)) }
        try test.own(test.folder)
        return path
    }

    @Test(arguments: EndToEnd.User.available)
    func aSourceRootShowsWhatLiesAroundTheProject(user: EndToEnd.User) throws {
        let test = try EndToEnd(user)
        defer { try? test.cleanUp() }
        let project = try project(test, in: "repository/package", versionFrom: "\"../VERSION\"")
        let root = project.removingLastComponent()
        try Data("4.5.6\n".utf8).write(to: URL(filePath: root.appending("VERSION").string))
        let alone = try test.buildbox(["run", "-w", project.string])
        #expect(alone.code == 1)
        #expect(alone.stderr.contains("No such file or directory: '../VERSION'"))
        let rooted = try test.buildbox(["run", "-w", "--source-root", root.string, project.string])
        #expect(rooted.code == 0, "\(rooted.stderr)")
        #expect(rooted.stdout == project.appending("dist/optional-4.5.6-py3-none-any.whl").string + "\n")
    }

    @Test func aRootThatDoesNotContainTheProjectIsRefused() throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        let outcome = try test.buildbox(["run", "--source-root", "/usr", try test.project("hello").string])
        #expect(outcome.code == 2)
        #expect(outcome.stderr.contains("--source-root: /usr is no folder that contains"))
    }

    @Test(arguments: EndToEnd.User.available)
    func aRoPathIsReadByTheBuild(user: EndToEnd.User) throws {
        let test = try EndToEnd(user)
        defer { try? test.cleanUp() }
        let project = try project(test, in: "project", versionFrom: "os.environ[\"VERSION_FILE\"]")
        let file = test.folder.appending("version")
        try Data("7.8.9".utf8).write(to: URL(filePath: file.string))
        let call = ["run", "-w", "-e", "VERSION_FILE=\(file)"]
        #expect(try test.buildbox(call + [project.string]).code == 1)
        let shown = try test.buildbox(call + ["--ro", file.string, project.string])
        #expect(shown.code == 0, "\(shown.stderr)")
        #expect(shown.stdout.hasSuffix("optional-7.8.9-py3-none-any.whl\n"))
    }

    @Test func constraintsBoundTheBuildRequirements() throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        let constraints = test.folder.appending("constraints.txt")
        try Data("setuptools<78\n".utf8).write(to: URL(filePath: constraints.string))
        let project = try test.project("hello").string
        let free = try major(test.buildbox(["run", "-w", "--json", project]))
        let bound = try major(
            test.buildbox(["run", "-w", "--json", "--dependency-constraints-txt", constraints.string, project]))
        #expect(free >= 78)
        #expect(bound < 78)
    }

    private func major(_ outcome: EndToEnd.Outcome) throws -> Int {
        #expect(outcome.code == 0, "\(outcome.stderr)")
        let environment = try #require(try outcome.document()["environment"] as? [String: Any])
        let resolved = try #require(environment["resolved"] as? [[String: Any]])
        let setuptools = try #require(resolved.first { $0["name"] as? String == "setuptools" })
        let version = try #require(setuptools["version"] as? String)
        return try #require(Int(version.prefix { $0.isNumber }))
    }

    @Test(arguments: [("hello-intree", 0), ("broken-setup", 1)] as [(String, Int32)])
    func theResultFileHoldsTheDocument(name: String, code: Int32) throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        let file = test.folder.appending("result.json")
        let outcome = try test.buildbox(
            ["run", "-w", "--json", "--result-file", file.string, try test.project(name).string])
        #expect(outcome.code == code, "\(outcome.stderr)")
        #expect(try String(contentsOfFile: file.string, encoding: .utf8) == outcome.stdout)
    }

    @Test func aResultFileThatCannotBeWrittenIsToldBeforeAnythingRuns() throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        let outcome = try test.buildbox(
            ["run", "--result-file", "/nonexistent/result.json", try test.project("hello-intree").string])
        #expect(outcome.code == 2)
        #expect(outcome.stderr.contains("--result-file: the folder /nonexistent"))
        #expect(outcome.stderr.contains("Usage: buildbox run"))
    }

    @Test(arguments: EndToEnd.User.available)
    func aStatisticIsToldOfEverythingThatABuildUses(_ user: EndToEnd.User) throws {
        let test = try EndToEnd(user)
        defer { try? test.cleanUp() }
        let document = try test.buildbox(["run", "-w", "--json", try test.project("hello").string]).document()
        let resources = try #require(document["resources"] as? [String: Any])
        var figures = [
            "wall_ms", "cpu_ms", "disk_peak_bytes", "disk_peak_inodes", "written_bytes", "log_bytes",
        ]
        if user == .root { figures += ["memory_peak_bytes", "pids_peak"] }
        for name in figures { #expect((resources[name] as? Int ?? 0) > 0, "\(name)") }
        #expect(resources["log_dropped_bytes"] as? Int == 0)
    }
}
