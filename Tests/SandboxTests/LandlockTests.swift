import Foundation
import Linux
import SandboxProtocol
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Sandbox

/// Landlock stands under other walls. Where a command has a proxy to connect to, and a profile that
/// denies TCP, it is the only one. A launcher that is ready has built most of it before its order.
@Suite struct LandlockTests {
    private static let client = """
        import socket
        try:
            socket.create_connection(("127.0.0.1", 3128))
            print("reached")
        except OSError as error:
            print(error.strerror)
        """

    @Test(arguments: [(LandlockRules.Access.allow, "reached\n"), (.deny, "Permission denied\n")])
    func aProfileThatDeniesTCPKeepsEvenTheProxyOutOfReach(_ access: LandlockRules.Access, printed: String) async throws
    {
        let fixture = try Fixture(keepsReady: true)
        let folder = try TemporaryFolder()
        let file = folder.path.appending("build.json").string
        let shipped = try String(
            contentsOfFile: Fixture.repository.appending("sandbox-profiles/build.json").string, encoding: .utf8)
        let rule = try #require(shipped.range(of: #""tcp": "allow""#))
        try shipped.replacingCharacters(in: rule, with: "\"tcp\": \"\(access.rawValue)\"")
            .write(toFile: file, atomically: true, encoding: .utf8)
        let profile = try SandboxProfile(contentsOf: FilePath(file))
        for isReady in [false, true] {
            let listener = Mutex<Int32>(-1)
            defer { _ = listener.withLock { close($0) } }
            let run = try await fixture.run(
                SandboxRequest(
                    arguments: ["/usr/bin/python3", "-I", "-S", "-c", Self.client], network: .proxy(port: 3128),
                    listener: { (socket: consuming OwnedDescriptor) in
                        let number = socket.release()
                        listener.withLock { $0 = number }
                    },
                    profile: profile, allowMissing: fixture.allowMissing))
            #expect(run.wasReady == isReady)
            #expect(run.outcome.layers.contains(.landlock))
            #expect(run.stdout == printed, "\(run.stderr)")
            try #require(fixture.sandbox.reserve?.settled() != nil)
        }
    }

    @Test func whatBuildsDoWithFilesStaysPossible() async throws {
        let fixture = try Fixture(keepsReady: true)
        for isReady in [false, true] {
            let run = try await fixture.shell(
                """
                set -e
                for place in /tmp /own; do
                    cd $place; mkdir a b; echo text > a/file; mv a/file b/file; ln b/file a/again; ln -s ../b/file a/link
                    mkfifo a/pipe; : > b/file; cp /usr/bin/true b/program; b/program; mv a $place/c; rm -r b c
                done
                echo gone > /dev/null; printf name > /proc/self/comm; echo fine
                """, mounts: [.scratch(at: "/own", mode: 0o700)])
            #expect(run.wasReady == isReady)
            #expect(run.stdout == "fine\n", "\(run.stderr)")
            #expect(run.outcome.verdict == .exited(code: 0))
            try #require(fixture.sandbox.reserve?.settled() != nil)
        }
    }
}
