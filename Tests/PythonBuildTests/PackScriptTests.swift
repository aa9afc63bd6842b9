import Foundation
import Glibc
import Linux
import SystemPackage
import Testing

@testable import PythonBuild

/// The contained script pack.py.
@Suite struct PackScriptTests {
    @Test(arguments: ["tar.gz", "tar.zst"])
    func theSameFolderGivesTheSameArchiveWhereverItLies(form: String) throws {
        let make = """
            os.makedirs(folder + "/p/b"), open(folder + "/p/b/x", "w").write("1"), open(folder + "/p/a", "w").write("2")
            os.symlink("b/x", folder + "/p/link")
            os.utime(folder + "/p/b/x", ns=(0, 1_700_000_000_123_456_789)), os.utime(folder + "/p/a", ns=(0, 0))
            os.utime(folder + "/p/link", ns=(0, 1), follow_symlinks=False), os.utime(folder + "/p/b", ns=(0, 2))
            """
        let first = try pack(make, form)
        let second = try pack(make, form)
        let bytes = try #require(FileManager.default.contents(atPath: first.stdout.string))
        #expect(bytes == FileManager.default.contents(atPath: second.stdout.string))
        #expect(bytes.count > 40)
        #expect(first.report["entries"] as? Int == 4)
        #expect(first.report["content_bytes"] as? Int == 2)
        #expect(first.report["left_out"] as? Int == 0)
        let other = try pack(make + "\nos.chmod(folder + '/p/a', 0o755)", form)
        #expect(bytes != FileManager.default.contents(atPath: other.stdout.string))
    }

    @Test func whatHasNoPlaceInAnArchiveIsLeftOut() throws {
        let run = try pack(
            """
            os.makedirs(folder + "/p/a"), os.mkfifo(folder + "/p/fifo"), os.symlink("/etc/passwd", folder + "/p/out")
            os.symlink("../..", folder + "/p/a/up"), os.symlink("a/up/x", folder + "/p/through"), os.symlink("a", folder + "/p/in")
            """, "tar.gz")
        #expect(run.report["left_out"] as? Int == 4)
        #expect(run.report["entries"] as? Int == 2)
    }

    @Test(arguments: [
        ("open(folder.encode() + b'/p/\\xff', 'w')", "is not UTF-8"),
        ("[os.makedirs(folder + '/p' + '/d' * 300)]", "more than 256 deep"),
        ("open(folder + '/p/large', 'wb').truncate(1001)", "more than the disk limit of 1000 bytes"),
        ("[open(folder + f'/p/{n}', 'w') for n in range(11)]", "more than 10 files, folders and links"),
    ])
    func whatCannotBePackedIsRefused(make: String, message: String) throws {
        let run = try pack("os.mkdir(folder + '/p'); \(make)", "tar.zst", entries: message.contains("deep") ? 1000 : 10)
        #expect((run.report["error"] as? String)?.contains(message) == true, "\(run.report)")
    }

    @Test func aFolderThatWasExchangedIsNotPacked() throws {
        let run = try pack("os.mkdir(folder + '/p')", "tar.gz", inode: 1)
        #expect((run.report["error"] as? String)?.contains("exchanged for another") == true, "\(run.report)")
    }

    private func pack(
        _ make: String, _ form: String, entries: Int = 10, inode: UInt64? = nil
    ) throws -> ContainedRun {
        try ContainedRun(.pack, prepare: make) { folder in
            let facts = try FileFacts(of: folder.appending("p").string)
            return [
                folder.appending("p").string,
                #"{"form": "\#(form)", "bytes": 1000, "entries": \#(entries), "device": \#(facts.device), "#
                    + #""inode": \#(inode ?? facts.inode)}"#,
            ]
        }
    }
}
