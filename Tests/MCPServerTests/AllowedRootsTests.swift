import BuildAPI
import BuildService
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import MCPServer

@Suite("Folders that callers may name")
struct AllowedRootsTests {
    private let temporary: TemporaryFolder
    private let root: FilePath
    private let roots: AllowedRoots

    init() throws {
        temporary = try TemporaryFolder()
        root = temporary.path.appending("root")
        let files = FileManager.default
        for folder in ["root/proj/dist", "outside/proj"] {
            try files.createDirectory(
                atPath: temporary.path.pushing(FilePath(folder)).string, withIntermediateDirectories: true)
        }
        for (link, target) in [
            ("root/proj/out", "/"), ("root/link", "proj"), ("root/proj/up", "../../outside"), ("alias", root.string),
        ] {
            try files.createSymbolicLink(
                atPath: temporary.path.pushing(FilePath(link)).string, withDestinationPath: target)
        }
        try Data().write(to: URL(fileURLWithPath: root.appending("file").string))
        roots = AllowedRoots([root])
    }

    private func refusal(_ body: () throws(ServiceFault) -> Void) -> String? {
        do throws(ServiceFault) {
            try body()
            return nil
        } catch {
            #expect(error.code == .folderRefused)
            return error.message
        }
    }

    @Test("a folder below the root is found, by its path and relative to the root")
    func found() throws {
        #expect(try roots.folder("proj", "directory") == root.appending("proj"))
        #expect(try roots.folder(root.appending("proj").string, "directory") == root.appending("proj"))
        #expect(try roots.folder(".", "directory") == root)
        let alias = AllowedRoots([temporary.path.appending("alias")])
        #expect(try alias.folder(temporary.path.pushing("alias/proj").string, "directory") == root.appending("proj"))
    }

    @Test("what leads out of the root is refused, each with its own words")
    func escapes() throws {
        let outside = temporary.path.appending("outside").string
        // The controls: these folders are there for whoever is not held to the root.
        for path in [outside, "/etc", root.pushing("proj/up").string, root.pushing("proj/out/etc").string] {
            #expect(FileManager.default.fileExists(atPath: path))
        }
        for (path, words) in [
            ("/etc", "outside"), (outside, "outside"), ("../outside", "\"..\""), ("proj/../../outside", "\"..\""),
            (root.string + "/../outside", "\"..\""), ("proj/out", "a link"), ("proj/out/etc", "a link"),
            ("proj/up", "a link"), ("proj/up/proj", "a link"), ("link", "a link"), ("file", "Not a directory"),
            ("absent", "No such file"), (root.string + "x", "outside"),
        ] {
            let message = refusal { () throws(ServiceFault) in _ = try roots.folder(path, "directory") }
            #expect(message?.contains(words) == true, "\(path): \(message ?? "taken")")
        }
    }

    @Test("an output folder need not be there, and is refused where a link or another's folder is on the way")
    func output() throws {
        let project = root.appending("proj")
        #expect(try roots.outputFolder("dist", from: project, "outdir").place.path == project.appending("dist"))
        let deep = try roots.outputFolder("new/deep", from: project, "outdir")
        #expect(try deep.write([]) == [])
        #expect(FileManager.default.fileExists(atPath: project.pushing("new/deep").string))
        for (path, words) in [
            ("/etc", "outside"), ("../../outside", "\"..\""), ("out/tmp", "a link"), ("up/new", "a link"),
            (root.appending("file").string + "/x", "Not a directory"),
        ] {
            let message = refusal { () throws(ServiceFault) in
                _ = try roots.outputFolder(path, from: project, "outdir")
            }
            #expect(message?.contains(words) == true, "\(path): \(message ?? "taken")")
        }
    }

    @Test("a link that comes between the check and the writing is not followed")
    func exchanged() throws {
        let folder = try roots.outputFolder("late", from: root, "outdir")
        let outside = temporary.path.appending("outside").string
        try FileManager.default.createSymbolicLink(
            atPath: root.appending("late").string, withDestinationPath: outside)
        #expect(refusal { () throws(ServiceFault) in _ = try folder.write([]) } != nil)
    }

    @Test("without roots no folder is open, and with several a relative path means none of them")
    func number() throws {
        let none = AllowedRoots([])
        #expect(
            refusal { () throws(ServiceFault) in _ = try none.folder("/", "directory") }?.contains("no folder") == true)
        let both = AllowedRoots([root, temporary.path.appending("outside")])
        #expect(both.start == nil)
        #expect(
            refusal { () throws(ServiceFault) in _ = try both.folder("proj", "directory") }?.contains("absolute")
                == true)
        #expect(try both.folder(root.appending("proj").string, "directory") == root.appending("proj"))
    }
}
