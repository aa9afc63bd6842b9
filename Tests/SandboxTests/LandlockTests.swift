import Foundation
import Sandbox
import SandboxProtocol
import Testing

/// Landlock stands under other walls. Where a command has the host's network, and so its abstract
/// sockets, it is the only one.
@Suite struct LandlockTests {
    private static let client = """
        import socket, sys
        try:
            socket.socket(socket.AF_UNIX).connect("\\0" + sys.argv[1])
            print("reached")
        except OSError as error:
            print(error.strerror)
        """

    @Test func anAbstractSocketOfTheHostIsOutOfReach() async throws {
        let name = "buildbox-test-\(UUID().uuidString)"
        let server = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(server) }
        try #require(call(bind, server, name) == 0)
        try #require(listen(server, 5) == 0)
        let peer = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(peer) }
        #expect(call(connect, peer, name) == 0, "the positive control: it is reached from outside")

        let fixture = try Fixture()
        let run = try await fixture.run(
            SandboxRequest(
                arguments: ["/usr/bin/python3", "-I", "-S", "-c", Self.client, name], network: .host,
                profile: fixture.profile, allowMissing: fixture.allowMissing))
        #expect(run.outcome.layers.contains(.landlock))
        #expect(run.stdout == "Operation not permitted\n", "\(run.stderr)")
    }

    /// `bind` or `connect` with an abstract address (unix(7)).
    private func call(
        _ function: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32, _ socket: Int32, _ name: String
    ) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0[1...].copyBytes(from: name.utf8) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + 1 + name.utf8.count)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { function(socket, $0, length) }
        }
    }

    @Test func whatBuildsDoWithFilesStaysPossible() async throws {
        let run = try await Fixture().shell(
            """
            set -e
            cd /tmp; mkdir a b; echo text > a/file; mv a/file b/file; ln b/file a/again; ln -s ../b/file a/link
            mkfifo a/pipe; : > b/file; cp /usr/bin/true b/program; b/program; mv a /tmp/c; rm -r b c
            echo gone > /dev/null; echo x > /proc/self/oom_score_adj || true; echo fine
            """)
        #expect(run.stdout == "fine\n", "\(run.stderr)")
        #expect(run.outcome.verdict == .exited(code: 0))
    }
}
