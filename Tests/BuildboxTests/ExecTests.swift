import Foundation
import SystemPackage
import Testing

@Suite(.serialized) struct ExecTests {
    @Test(arguments: EndToEnd.User.available)
    func aCommandRunsContainedAndItsCodeIsPassedOn(user: EndToEnd.User) throws {
        let test = try EndToEnd(user)
        defer { try? test.cleanUp() }
        let outcome = try test.buildbox(["exec", "--", "sh", "-c", "id -un; pwd; echo told >&2; exit 7"])
        #expect(outcome.code == 7)
        #expect(outcome.stdout == "builder\n/home/builder\n")
        #expect(outcome.stderr.hasPrefix("told\n"))
    }

    @Test func aLimitIsBuildboxsOwnCode() throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        let outcome = try test.buildbox(["exec", "--json", "--timeout", "500ms", "--", "sleep", "60"])
        #expect(outcome.code == 123)
        #expect(outcome.stderr.contains("time limit: 0.5 s allowed"))
        #expect(outcome.stderr.contains("\"verdict\" : \"stopped\""))
    }

    @Test func aSignalIsPassedOnAsAShellDoes() throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        #expect(try test.buildbox(["exec", "--", "sh", "-c", "kill -SEGV $$"]).code == 139)
    }

    /// On the host it would make whoever runs it the folder's owner: root, where that is root's.
    @Test(arguments: EndToEnd.User.available)
    func nothingInARwFolderGetsASetIdBit(user: EndToEnd.User) throws {
        let test = try EndToEnd(user)
        defer { try? test.cleanUp() }
        let folder = test.folder.appending("rw")
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: false)
        try test.own(folder)
        let program = """
            import ctypes, os, stat, sys
            libc = ctypes.CDLL(None, use_errno=True)
            made = 0
            for bit in (stat.S_ISUID, stat.S_ISGID):
                os.close(os.open("plain", os.O_CREAT | os.O_WRONLY, 0o644))
                descriptor = os.open("plain", os.O_RDONLY)
                here = os.open(".", os.O_RDONLY)
                for attempt in (
                    lambda: os.chmod("plain", 0o755 | bit),
                    lambda: os.fchmod(descriptor, 0o755 | bit),
                    lambda: os.chmod("plain", 0o755 | bit, dir_fd=here),
                    lambda: os.open("opened", os.O_CREAT | os.O_WRONLY, 0o755 | bit),
                    lambda: os.open("opened", os.O_CREAT | os.O_WRONLY, 0o755 | bit, dir_fd=here),
                    lambda: os.open(".", os.O_TMPFILE | os.O_WRONLY, 0o755 | bit),
                    lambda: os.mknod("node", stat.S_IFREG | 0o755 | bit),
                    lambda: os.mknod("node", stat.S_IFREG | 0o755 | bit, dir_fd=here),
                ):
                    try:
                        attempt()
                        made += 1
                    except OSError:
                        pass
                ways = ctypes.create_string_buffer(24)
                ctypes.memmove(ways, (os.O_CREAT | os.O_WRONLY).to_bytes(8, "little") + (0o755 | bit).to_bytes(8, "little"), 16)
                if libc.syscall(437, -100, b"second", ways, 24) >= 0:
                    made += 1
            if libc.syscall(316, -100, b"plain", -100, b"renamed", 4) == 0:
                made += 1
            os.chmod("plain" if os.path.exists("plain") else "renamed", 0o750)
            print(made)
            """
        func attempts(_ options: [String]) throws -> String {
            let outcome = try test.buildbox(["exec"] + options + ["--", "python3", "-I", "-c", program])
            #expect(outcome.code == 0, "\(outcome.stderr)")
            return outcome.stdout
        }
        #expect(try attempts(["--rw", folder.string, "--chdir", folder.string]) == "0\n")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.string)
        #expect(names == ["plain"], "the control: what is harmless is made")
        // The control: where nobody on the host can run it, all of it is possible (but for the second call's second try).
        #expect(try attempts(["--chdir", "/tmp"]) != "0\n")
    }

    @Test(arguments: EndToEnd.User.available)
    func whatIsWrittenToARwFolderBelongsToItsOwner(user: EndToEnd.User) throws {
        let test = try EndToEnd(user)
        defer { try? test.cleanUp() }
        let folder = test.folder.appending("rw")
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: false)
        try test.own(folder)
        let outcome = try test.buildbox([
            "exec", "--rw", folder.string, "--chdir", folder.string, "--", "touch", "made",
        ])
        #expect(outcome.code == 0, "\(outcome.stderr)")
        let made = try FileManager.default.attributesOfItem(atPath: folder.appending("made").string)
        let owner = try FileManager.default.attributesOfItem(atPath: folder.string)
        #expect(made[.ownerAccountID] as? Int == owner[.ownerAccountID] as? Int)
    }

    @Test func aRoFolderIsReadAndNotWritten() throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        let folder = test.folder.appending("ro")
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: false)
        try Data("content".utf8).write(to: URL(filePath: folder.appending("file").string))
        let shown = try test.buildbox(["exec", "--ro", folder.string, "--", "cat", folder.appending("file").string])
        #expect(shown.stdout == "content")
        let hidden = try test.buildbox(["exec", "--", "cat", folder.appending("file").string])
        #expect(hidden.code == 1)
        let written = try test.buildbox(["exec", "--ro", folder.string, "--", "touch", folder.appending("file").string])
        #expect(written.code == 1)
    }

    @Test(arguments: [
        ["exec"], ["exec", "true"], ["exec", "--ro", "/nonexistent", "--", "true"], ["exec", "--tty", "--", "sh"],
        ["exec", "--memory", "lots", "--", "true"], ["shell"], ["exec", "-e", "BUILDBOX_TEST_UNSET", "--", "true"],
    ])
    func aWrongCallSaysWhatIsWrong(_ arguments: [String]) throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        let outcome = try test.buildbox(arguments)
        #expect(outcome.code == 122)
        #expect(outcome.stderr.contains("Usage: buildbox \(arguments[0])"))
        #expect(outcome.stdout.isEmpty)
    }

    @Test func trimmedOutputKeepsBothEnds() throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        let outcome = try test.buildbox(
            ["exec", "--log-limit", "1KiB", "--on-log-limit", "trim", "--", "seq", "1", "100000"])
        #expect(outcome.code == 0)
        #expect(outcome.stdout.hasPrefix("1\n2\n3\n"))
        #expect(outcome.stdout.hasSuffix("\n99999\n100000\n"))
        #expect(outcome.stderr.contains("bytes of output dropped here"))
        #expect(outcome.stdout.utf8.count == 1024)
    }
}
