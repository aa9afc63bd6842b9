import Foundation
import Sandbox
import SandboxProtocol
import SystemPackage
import Testing

/// What the host shows read-only is locked inside without being locked outside. This process holds
/// the locks of the host: whoever cannot have one as well shares them.
@Suite struct LockIsolationTests {
    private static let taker = """
        import fcntl, os, sys
        for path in sys.argv[1:]:
            for take in (lambda fd: fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB),
                         lambda fd: fcntl.lockf(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)):
                try:
                    take(os.open(path, os.O_RDONLY))
                    print("taken")
                except BlockingIOError:
                    print("held outside")
        """

    private let folder: FilePath

    init() throws {
        folder = FilePath(NSTemporaryDirectory()).appending("buildbox-locks-\(UUID().uuidString)")
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        try #require(chmod(folder.string, 0o755) == 0)
    }

    private func remove() throws {
        try FileManager.default.removeItem(atPath: folder.string)
    }

    /// A file that this process holds both kinds of lock on while `body` runs.
    private func withLockedFile(
        _ name: String, bytes: Int = 5, mode: mode_t = 0o644, _ body: (FilePath) async throws -> Void
    ) async throws {
        let path = folder.appending(name)
        try Data(repeating: 0x61, count: bytes).write(to: URL(filePath: path.string))
        try #require(chmod(path.string, mode) == 0)
        let file = open(path.string, O_RDWR)
        try #require(file >= 0)
        defer { close(file) }
        try #require(flock(file, LOCK_EX | LOCK_NB) == 0)
        var record = flock(l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 0, l_len: 0, l_pid: 0)
        try #require(fcntl(file, F_SETLK, &record) == 0)
        try await body(path)
    }

    private func take(_ path: String, _ mounts: [MountStep]) async throws -> Fixture.Run {
        try await Fixture().run(["/usr/bin/python3", "-I", "-S", "-c", Self.taker, path], mounts: mounts)
    }

    @Test func aLockOnAShownFileStaysInside() async throws {
        defer { #expect(throws: Never.self) { try remove() } }
        try await withLockedFile("file") { file in
            let shown = try await take(
                "/shown/file", [.bind(source: folder.string, at: "/shown", access: .readOnly)])
            #expect(shown.stdout == "taken\ntaken\n", "\(shown.stderr)")
            #expect(shown.outcome.layers.contains(.lockIsolation))
            let control = try await take(
                "/shown/file", [.bind(source: folder.string, at: "/shown", access: .writable)])
            #expect(control.stdout == "held outside\nheld outside\n", "the positive control: a writable tree is shared")
        }
    }

    @Test(arguments: [5, 300 << 10], [BindAccess.readOnly, .readOnlyAsOwner])
    func aFileThatIsShownAloneIsWholeAndHasLocksOfItsOwn(bytes: Int, access: BindAccess) async throws {
        defer { #expect(throws: Never.self) { try remove() } }
        // Only its owner may read it, where the command is made its owner.
        try await withLockedFile("file", bytes: bytes, mode: access.asOwner ? 0o600 : 0o644) { file in
            let mounts = [MountStep.bind(source: file.string, at: "/data/shown", access: access)]
            let shown = try await take("/data/shown", mounts)
            #expect(shown.stdout == "taken\ntaken\n", "\(shown.stderr)")
            let whole = try await Fixture().shell(
                "cat /data/shown | wc -c; stat -c '%s %h' /data/shown; cp /dev/null /data/shown || echo refused",
                mounts: mounts)
            #expect(whole.stdout == "\(bytes)\n\(bytes) 1\nrefused\n", "\(whole.stderr)")
        }
    }

    @Test func aShownFolderIsItsOwnersAndCannotBeWritten() async throws {
        defer { #expect(throws: Never.self) { try remove() } }
        try #require(chmod(folder.string, 0o700) == 0)
        try await withLockedFile("file", mode: 0o600) { _ in
            let run = try await Fixture().shell(
                "cat /shown/file; echo; stat -c '%u %a' /shown; cp /dev/null /shown/new || echo refused",
                mounts: [.bind(source: folder.string, at: "/shown", access: .readOnlyAsOwner)])
            #expect(run.stdout == "aaaaa\n1000 700\nrefused\n", "\(run.stderr)")
        }
    }

    @Test(.enabled(if: geteuid() == 0, "mounting takes root"))
    func whatIsMountedBelowAShownFolderIsSeenWithLocksOfItsOwn() async throws {
        defer { #expect(throws: Never.self) { try remove() } }
        let below = folder.appending("with blank")
        try FileManager.default.createDirectory(atPath: below.string, withIntermediateDirectories: true)
        try #require(mount("test", below.string, "tmpfs", 0, "mode=0755") == 0)
        defer { #expect(umount(below.string) == 0) }
        try await withLockedFile("with blank/file") { _ in
            let run = try await take(
                "/shown/with blank/file", [.bind(source: folder.string, at: "/shown", access: .readOnly)])
            #expect(run.stdout == "taken\ntaken\n", "\(run.stderr)")
            #expect(run.outcome.layers.contains(.lockIsolation))
        }
    }

    @Test func whatCannotBeIsolatedIsReportedOrRefused() async throws {
        defer { #expect(throws: Never.self) { try remove() } }
        let pipe = folder.appending("pipe")
        try #require(mkfifo(pipe.string, 0o644) == 0)
        let mounts = [MountStep.bind(source: pipe.string, at: "/pipe", access: .readOnly)]
        let fixture = try Fixture()
        let run = try await fixture.run(["/usr/bin/test", "-p", "/pipe"], mounts: mounts)
        #expect(run.outcome.verdict == .exited(code: 0))
        #expect(run.outcome.missing == LayerSet(.lockIsolation).union(fixture.allowMissing))
        #expect(!run.outcome.layers.contains(.lockIsolation))

        let strict = folder.appending("build.json")
        let text = try String(contentsOfFile: fixture.profile.file.string, encoding: .utf8)
            .replacing(#""masked-paths", "#, with: #""masked-paths", "lock-isolation", "#)
            .replacing(#"["landlock", "lock-isolation"]"#, with: #"["landlock"]"#)
        try text.write(toFile: strict.string, atomically: true, encoding: .utf8)
        let request = SandboxRequest(
            arguments: ["/usr/bin/true"], mounts: mounts, profile: try SandboxProfile(contentsOf: strict),
            allowMissing: fixture.allowMissing)
        await #expect {
            _ = try await fixture.run(request)
        } throws: { error in
            let error = error as? SandboxError
            return error?.code == .layerUnavailable && error?.fault?.layer == .lockIsolation
                && error?.message.contains("--allow-missing lock-isolation") == true
        }
    }
}
