import Foundation
import SystemPackage
import Testing

@Suite struct BuildTests {
    @Test(arguments: EndToEnd.User.available)
    func aProjectIsBuiltAndItsFolderKeptAsItWas(user: EndToEnd.User) throws {
        let test = try EndToEnd(user)
        defer { try? test.cleanUp() }
        let project = try test.project("hello")
        let before = try listing(project)
        let outcome = try test.buildbox(["run", project.string])
        #expect(outcome.code == 0, "\(outcome.stderr)")
        let wheel = project.appending("dist/hello-1.0.0-py3-none-any.whl").string
        let sdist = project.appending("dist/hello-1.0.0.tar.gz").string
        #expect(Set(outcome.stdout.split(separator: "\n").map(String.init)) == [wheel, sdist])
        #expect(try listing(project).filter { !$0.hasPrefix("./dist") } == before)
        let members = try EndToEnd.host(["/usr/bin/python3", "-m", "zipfile", "-l", wheel])
        #expect(members.contains("hello/__init__.py"))
    }

    /// Root's overlay and the ordinary user's copy alike.
    @Test(arguments: EndToEnd.User.available)
    func aSourceFolderIsRemovedAndMadeAnewAndOneRenamed(user: EndToEnd.User) throws {
        let test = try EndToEnd(user)
        defer { try? test.cleanUp() }
        let project = try test.project("rearrange")
        let before = try listing(project)
        let outcome = try test.buildbox(["run", project.string])
        #expect(outcome.code == 0, "\(outcome.stderr)")
        let check = EndToEnd.repository.appending("Tests/Projects/rearrange_check.py").string
        let wheel = project.appending("dist/rearrange-1.0-py3-none-any.whl").string
        #expect(try EndToEnd.host(["/usr/bin/python3", check, wheel]).isEmpty)
        #expect(try listing(project).filter { !$0.hasPrefix("./dist") } == before)
    }

    @Test func aSecondBuildReusesTheEnvironment() throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        let project = try test.project("hello")
        #expect(try test.buildbox(["run", project.string]).code == 0)
        let document = try test.buildbox(["run", "--json", project.string]).document()
        let environment = try #require(document["environment"] as? [String: Any])
        #expect(environment["cache"] as? String == "hit")
        let resolved = try #require(environment["resolved"] as? [[String: Any]])
        #expect(resolved.contains { $0["name"] as? String == "setuptools" && $0["sha256"] != nil })
    }

    @Test(arguments: EndToEnd.User.available)
    func aProjectWithItsBackendInTheTreeNeedsNoIndex(user: EndToEnd.User) throws {
        let test = try EndToEnd(user)
        defer { try? test.cleanUp() }
        let project = try test.project("hello-intree")
        let document = try test.buildbox(["run", "--json", "--offline", project.string]).document()
        #expect(document["status"] as? String == "succeeded")
        #expect(document["schema"] as? String == "buildbox.result/v1")
        let sandbox = try #require(document["sandbox"] as? [String: Any])
        #expect(sandbox["staging"] as? String == (user == .root ? "overlay" : "copy"))
    }

    @Test func aSourceDistributionGivesAWheelBesideIt() throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        let project = try test.project("hello-intree")
        #expect(try test.buildbox(["run", "-s", "-o", test.folder.string, project.string]).code == 0)
        let archive = test.folder.appending("hello_intree-1.0.tar.gz")
        let outcome = try test.buildbox(["run", archive.string])
        #expect(outcome.code == 0, "\(outcome.stderr)")
        #expect(outcome.stdout == test.folder.appending("hello_intree-1.0-py3-none-any.whl").string + "\n")
    }

    @Test func aBackendThatAsksForMoreGetsItStepByStep() throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        for name in ["dynamic", "dynamic-same"] {
            let project = try test.project(name)
            let outcome = try test.buildbox(["run", project.string])
            #expect(outcome.code == 0, "\(name): \(outcome.stderr)")
            #expect(outcome.stdout.split(separator: "\n").count == 2)
        }
    }

    /// What is no requirement at all fails in the frontend; what an installer would follow is refused here.
    @Test(arguments: [
        ("options", 1), ("newline", 1), ("path", 1), ("types", 1), ("url", 6), ("variable", 6), ("rounds", 6),
        ("endless", 6), ("many", 6), ("long", 6),
    ])
    func aBackendCannotAskForWhatIsNoRequirement(attack: String, code: Int32) throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        let project = try test.project("dynamic-hostile")
        let outcome = try test.buildbox(["run", "-w", "-C", "attack=\(attack)", project.string])
        #expect(outcome.code == code, "\(outcome.stderr.suffix(2000))")
        #expect(outcome.stdout.isEmpty)
    }

    @Test func theSameBackendBuildsWhenItAsksForNothingWrong() throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        #expect(try test.buildbox(["run", "-w", try test.project("dynamic-hostile").string]).code == 0)
    }

    @Test func gitSeesTheRepositoryInside() throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        let project = try test.project("git-versioned")
        let git = ["/usr/bin/git", "-C", project.string, "-c", "user.name=t", "-c", "user.email=t@example.invalid"]
        for words in [["init", "-q"], ["add", "."], ["commit", "-qm", "first"], ["tag", "v3.1"]] {
            try EndToEnd.host(git + words)
        }
        let outcome = try test.buildbox(["run", "-w", project.string])
        #expect(outcome.code == 0, "\(outcome.stderr)")
        #expect(outcome.stdout.contains("-3.1-"))
    }

    @Test func withoutIsolationAnInterpreterInAPrivateFolderIsUsedAsItIs() throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        let home = test.folder.appending("private")
        try EndToEnd.host(["/bin/mkdir", "-m", "700", home.string])
        try EndToEnd.host(["/usr/bin/python3", "-m", "venv", "--without-pip", home.appending("venv").string])
        let project = try test.project("hello-intree")
        let python = home.appending("venv/bin/python").string
        let outcome = try test.buildbox(["run", "-n", "-x", "-w", "--python", python, project.string])
        #expect(outcome.code == 0, "\(outcome.stderr)")
    }

    @Test func aFileThatOnlyItsOwnerMayReadIsBuilt() throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        let project = try test.project("hello-intree")
        try EndToEnd.host(["/bin/chmod", "-R", "go-rwx", project.string])
        #expect(try test.buildbox(["run", "-w", project.string]).code == 0)
    }

    private func listing(_ folder: FilePath) throws -> [String] {
        let text = try EndToEnd.host([
            "/bin/sh", "-c", "cd '\(folder)' && find . -printf '%p %m %s %T@ %u\\n' | grep -v '^\\. ' | sort",
        ])
        return text.split(separator: "\n").map(String.init)
    }
}
