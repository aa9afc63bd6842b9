import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Sandbox

@Suite struct ProfileSearchTests {
    private let folder: TemporaryFolder
    private let search: ProfileSearch

    /// Two folders, the first of which has a profile of the operator's own and one that replaces another.
    init() throws {
        folder = try TemporaryFolder()
        let installed = Fixture.repository.appending("sandbox-profiles")
        let own = folder.path.appending("own")
        try FileManager.default.createDirectory(atPath: own.string, withIntermediateDirectories: false)
        let text = try String(contentsOf: URL(filePath: installed.appending("strict.json").string), encoding: .utf8)
        for name in ["mine", "strict"] {
            let copy = text.replacing("\"name\": \"strict\"", with: "\"name\": \"\(name)\"")
            try Data(copy.utf8).write(to: URL(filePath: own.appending("\(name).json").string))
        }
        search = ProfileSearch(folders: [folder.path.appending("absent"), own, installed])
    }

    @Test func theFirstFolderThatHasANameCounts() throws {
        #expect(try search.profile("mine").name == "mine")
        #expect(try search.file("strict").removingLastComponent() == folder.path.appending("own"))
        #expect(try search.file("build") == Fixture.repository.appending("sandbox-profiles/build.json"))
        #expect(search.all.keys.sorted() == ["build", "inspect", "mine", "provision", "strict"])
    }

    @Test func aWrongNameIsToldTheKnownOnes() throws {
        let error = #expect(throws: SandboxError.self) { try search.profile("stirct") }
        #expect(error?.code == .profile)
        #expect(
            error?.message.contains("did you mean strict? Known are build, inspect, mine, provision, strict") == true)
    }

    @Test(arguments: ["", ".", "..", "build.json", "profile.schema", "Build", "-build", "bu\u{ef}ld"])
    func whatIsNoNameIsNotLookedFor(_ wish: String) {
        #expect(throws: SandboxError.self) { try search.file(wish) }
    }

    @Test func aWishWithASlashIsAPath() throws {
        let file = Fixture.repository.appending("Tests/Profiles/good/small.json")
        #expect(try search.profile(file.string).name == "small")
        #expect(throws: SandboxError.self) { try search.profile("./build") }
    }
}
