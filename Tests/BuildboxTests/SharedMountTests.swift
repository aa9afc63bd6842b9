import Foundation
import SystemPackage
import Testing

/// systemd shares a host's mounts between namespaces: what is mounted on a shared one appears on the host, too. The mounts
/// here are made so for the test, in a namespace of its own.
@Suite(.serialized, .enabled(if: geteuid() == 0, "it takes root to share mounts")) struct SharedMountTests {
    @Test(arguments: EndToEnd.User.available)
    func nothingThatABuildMountsAppearsOnTheHost(user: EndToEnd.User) throws {
        let test = try EndToEnd(user)
        defer { try? test.cleanUp() }
        let project = try test.project("hello-intree")
        let command = try test.command(["run", "--json", "--offline", project.string])
        let script = """
            set -eu
            mount --make-rshared /
            folder=$1 project=$2
            shift 2
            cat /proc/self/mountinfo >"$folder/before"
            "$@" >"$folder/document" || true
            cat /proc/self/mountinfo >"$folder/after"
            unshare --mount --propagation unchanged mount -t tmpfs control "$project"
            cat /proc/self/mountinfo >"$folder/control"
            """
        let words = ["/usr/bin/unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh"]
        let outcome = try Running(
            words + [test.folder.string, project.string] + command.arguments, environment: command.environment,
            directory: test.folder
        ).finish()
        let document = try JSONSerialization.jsonObject(with: Data(try text("document", of: test).utf8))
        let sandbox = try #require((document as? [String: Any])?["sandbox"] as? [String: Any], "\(outcome.stderr)")
        #expect(sandbox["staging"] as? String == (user == .root ? "overlay" : "copy"))
        let before = try text("before", of: test)
        #expect(before.contains(" shared:"))
        #expect(try text("after", of: test) == before)
        #expect(try text("control", of: test).contains(" - tmpfs control "))
    }

    private func text(_ name: String, of test: EndToEnd) throws -> String {
        try String(contentsOfFile: test.folder.appending(name).string, encoding: .utf8)
    }
}
