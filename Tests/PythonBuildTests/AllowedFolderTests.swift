import Foundation
import Glibc
import Linux
import SystemPackage
import TestSupport
import Testing

@testable import PythonBuild

@Suite struct AllowedFolderTests {
    private let folder: TemporaryFolder
    private let root: FilePath

    init() throws {
        folder = try TemporaryFolder()
        root = folder.path.appending("root")
        try Fixture.write("", to: root.appending("a/b/file"))
        try Fixture.write("", to: folder.path.appending("outside/file"))
        try Fixture.link(root.appending("inward"), to: "a")
        try Fixture.link(root.appending("outward"), to: folder.path.appending("outside"))
    }

    @Test(arguments: ["", "a", "a/b"])
    func aFolderBelowTheRootIsOpened(path: String) throws {
        let found = try AllowedFolder(root.pushing(FilePath(path)), below: root)
        let facts = try FileFacts(of: found.realPath)
        #expect(facts.inode == found.inode)
        #expect(facts.device == found.device)
        #expect(FilePath(found.realPath) == root.pushing(FilePath(path)).resolved)
    }

    @Test func theRootItselfMayBeReachedThroughALink() throws {
        try Fixture.link(folder.path.appending("alias"), to: root)
        let alias = folder.path.appending("alias")
        #expect(
            FilePath(try AllowedFolder(alias.appending("a"), below: alias).realPath) == root.appending("a").resolved)
    }

    @Test(arguments: [
        ("inward", "symbolic link"), ("inward/b", "symbolic link"), ("outward", "symbolic link"), ("none", "no folder"),
        ("a/b/file", "is no folder"),
    ])
    func whatIsNoFolderOrLiesBehindALinkIsRefused(path: String, message: String) throws {
        let failure = #expect(throws: BuildFailure.self) {
            _ = try AllowedFolder(root.pushing(FilePath(path)), below: root)
        }
        #expect(failure?.code == .invalidRequest)
        #expect(failure?.message.contains(message) == true, "\(String(describing: failure))")
    }

    @Test(arguments: ["a/../../outside", "../outside", "../root-beside"])
    func aPathThatClimbsOrLiesBesideIsRefused(path: String) throws {
        try Fixture.write("", to: folder.path.appending("root-beside/file"))
        for folder in [FilePath("\(root)/\(path)"), FilePath("\(root)/\(path)").lexicallyNormalized()] {
            let failure = #expect(throws: BuildFailure.self) { _ = try AllowedFolder(folder, below: root) }
            #expect(failure?.message.contains("does not lie in") == true)
        }
    }
}
