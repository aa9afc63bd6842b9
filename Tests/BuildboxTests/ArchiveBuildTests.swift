import Foundation
import SystemPackage
import Testing

/// Archives of project folders as sources.
@Suite struct ArchiveBuildTests {
    @Test(arguments: ProjectArchive.endings, ["", "hello-main/"])
    func anArchiveGivesWhatItsFolderGives(ending: String, top: String) throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        let archive = test.folder.appending("archives/hello.\(ending)")
        try FileManager.default.createDirectory(
            atPath: archive.removingLastComponent().string, withIntermediateDirectories: false)
        try ProjectArchive.make(of: EndToEnd.projects.appending("hello"), top: top, at: archive)
        let outcome = try test.buildbox(["run", "--json", archive.string])
        #expect(outcome.code == 0, "\(outcome.stderr)")
        let folder = archive.removingLastComponent()
        let document = try outcome.document()
        let paths = try #require(document["artifacts"] as? [[String: Any]]).compactMap { $0["path"] as? String }
        #expect(
            paths.sorted() == [
                folder.appending("hello-1.0.0-py3-none-any.whl").string, folder.appending("hello-1.0.0.tar.gz").string,
            ])
        #expect((document["sandbox"] as? [String: Any])?["staging"] as? String == "unpack")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.string).count == 3)
    }

    @Test(arguments: EndToEnd.User.available)
    func everyUserBuildsFromArchives(user: EndToEnd.User) throws {
        let test = try EndToEnd(user)
        defer { try? test.cleanUp() }
        for ending in ["tar.zst", "zip"] {
            let archive = test.folder.appending("p.\(ending)")
            try ProjectArchive.make(of: EndToEnd.projects.appending("hello-intree"), at: archive)
            try EndToEnd.host(["/bin/chmod", "600", archive.string])
            try test.own(archive)
            let outcome = try test.buildbox(["run", "-w", archive.string])
            #expect(outcome.code == 0, "\(ending): \(outcome.stderr)")
        }
    }

    @Test func aProjectInASubfolderIsBuilt() throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        let repository = test.folder.appending("repository")
        try FileManager.default.createDirectory(
            atPath: repository.appending("packages").string, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: EndToEnd.projects.appending("hello-intree").string,
            toPath: repository.appending("packages/one").string)
        let archive = test.folder.appending("repository.zip")
        try ProjectArchive.make(of: repository, top: "repository-main/", at: archive)
        for source in [repository, archive] {
            let without = try test.buildbox(["run", "-w", source.string])
            #expect(without.code == 1, "\(without.stderr)")
            let outcome = try test.buildbox(["run", "-w", "--subdirectory", "packages/one", source.string])
            #expect(outcome.code == 0, "\(outcome.stderr)")
        }
        let folder = repository.appending("packages/one/dist").string
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 1)
        let refused = try test.buildbox(["run", "--subdirectory", "../x", archive.string])
        #expect(refused.code == 2, "\(refused.stderr)")
    }

    /// The backend's requirements are asked for in the folder that the archive was unpacked to.
    @Test func aBackendThatAsksForMoreGetsItFromAnArchiveToo() throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        let archive = test.folder.appending("dynamic.tar.gz")
        try ProjectArchive.make(of: EndToEnd.projects.appending("dynamic"), top: "dynamic/", at: archive)
        let outcome = try test.buildbox(["run", archive.string])
        #expect(outcome.code == 0, "\(outcome.stderr)")
        #expect(outcome.stdout.split(separator: "\n").count == 2)
    }

    @Test func anArchiveNamedLikeASourceDistributionNeedNotBeOne() throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        let archive = test.folder.appending("hello-1.0.tar.gz")
        try ProjectArchive.make(of: EndToEnd.projects.appending("hello-intree"), top: "hello-1.0/", at: archive)
        let outcome = try test.buildbox(["run", "-s", archive.string])
        #expect(outcome.code == 0, "\(outcome.stderr)")
        // What comes out is one, and no second is made from it.
        let again = try test.buildbox(["run", "-s", test.folder.appending("hello_intree-1.0.tar.gz").string])
        #expect(again.code == 2, "\(again.stderr)")
        #expect(again.stderr.contains("from a source distribution"))
    }

    @Test func anArchiveThatDoesNotFitIsStoppedAtTheLimit() throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        let project = try test.project("hello-intree")
        try Data(count: 40 << 20).write(to: URL(filePath: project.appending("zeros").string))
        let archive = test.folder.appending("p.tar.gz")
        try ProjectArchive.make(of: project, at: archive)
        let document = try test.buildbox(["run", "--json", "-w", "--disk", "32MiB", archive.string]).document()
        #expect(document["status"] as? String == "stopped")
        #expect(document["exit_code"] as? Int == 3)
        let limit = (document["reason"] as? [String: Any])?["limit"] as? [String: Any]
        #expect(limit?["name"] as? String == "disk")
        #expect(try test.buildbox(["run", "-w", "--disk", "128MiB", archive.string]).code == 0)
    }

    @Test func aFileThatIsNoArchiveIsRefused() throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        for (name, code) in [("p.zip", 1), ("p.tar.zst", 1), ("p.tgz", 1), ("p.whl", 2), ("p", 2)] as [(String, Int32)]
        {
            let file = test.folder.appending(name)
            try Data("none".utf8).write(to: URL(filePath: file.string))
            let outcome = try test.buildbox(["run", file.string])
            #expect(outcome.code == code, "\(name): \(outcome.stderr)")
        }
    }
}
