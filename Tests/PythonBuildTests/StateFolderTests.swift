import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import PythonBuild

@Suite struct StateFolderTests {
    @Test(arguments: [0o700, 0o755, 0o750] as [mode_t])
    func aHomeOfThisUserAloneIsFine(mode: mode_t) throws {
        let folder = try TemporaryFolder()
        chmod(folder.path.string, mode)
        try StateFolder(root: folder.path).prepare()
    }

    @Test(arguments: [0o777, 0o775, 0o757, 0o1777] as [mode_t])
    func aHomeThatOthersCanWriteToIsRefused(mode: mode_t) throws {
        let folder = try TemporaryFolder()
        chmod(folder.path.string, mode)
        let failure = #expect(throws: BuildFailure.self) { try StateFolder(root: folder.path).prepare() }
        #expect(failure?.exitStatus == .noSandbox)
        #expect(failure?.message.contains("can be written to by others") == true)
    }

    @Test func aHomeOfAnotherUserIsRefused() throws {
        // Root's own for an ordinary user, and the other way round.
        let folder = try TemporaryFolder()
        if geteuid() == 0 { chown(folder.path.string, 65534, 65534) }
        let root = geteuid() == 0 ? folder.path : "/usr"
        let failure = #expect(throws: BuildFailure.self) { try StateFolder(root: root).check() }
        #expect(failure?.message.contains("belongs to the user") == true)
    }

    @Test func aHomeThatIsAFileIsRefused() throws {
        let folder = try TemporaryFolder()
        let file = folder.path.appending("file")
        try Fixture.write("", to: file)
        #expect(throws: BuildFailure.self) { try StateFolder(root: file).check() }
    }
}
