import Foundation
import SystemPackage
import Testing

/// The commands that use a server, against one, with real builds.
@Suite(.serialized) struct ClientTests {
    @Test func aServerBuildsAFolderAsRunBuildsIt() throws {
        let served = try ServedTest()
        defer { try? served.cleanUp() }
        let project = try served.test.project("hello-intree")
        let here = try served.test.buildbox(["run", "-o", "\(served.test.folder)/here", project.string])
        #expect(here.code == 0, "\(here.stderr)")
        let there = try served.client("submit", "--follow", project.string)
        #expect(there.code == 0, "\(there.stderr)")
        let names = ["hello_intree-1.0-py3-none-any.whl", "hello_intree-1.0.tar.gz"]
        #expect(there.stdout == names.map { "\(project)/dist/\($0)\n" }.joined())
        for name in names {
            let artifact = FileManager.default.contents(atPath: "\(project)/dist/\(name)")
            #expect(artifact != nil)
            #expect(artifact == FileManager.default.contents(atPath: "\(served.test.folder)/here/\(name)"), "\(name)")
        }
        #expect(there.stderr.contains("Successfully built"))
        #expect(there.stderr.contains("built 2 artifacts"))
        let drafts = try FileManager.default.contentsOfDirectory(atPath: "\(project)/dist")
        #expect(drafts.sorted() == names)
    }

    @Test func aBuildThatFailsThereEndsAsItDoesHere() throws {
        let served = try ServedTest()
        defer { try? served.cleanUp() }
        for (project, arguments) in [
            ("broken-toml", []), ("bombs", ["-C", "bomb=loop", "--timeout", "3s"]),
            ("hello-intree", ["--python", "2.1"]),
        ] {
            let path = try served.test.project(project)
            let here = try served.test.buildbox(["run", "-w"] + arguments + [path.string])
            let there = try served.startClient(["submit", "-f", "-w"] + arguments + [path.string]).finish()
            #expect(here.code != 0)
            #expect(there.code == here.code, "\(project): \(here.stderr)\n\(there.stderr)")
            #expect(there.stdout.isEmpty)
        }
        // What the server has not is a request that it refuses, with the place.
        let refused = try served.client(
            "submit", "--profile", "nowhere", "\(served.test.folder)/hello-intree")
        #expect(refused.code == 2)
        #expect(refused.stderr.contains("/profile"), "\(refused.stderr)")
    }

    @Test func aJobIsListedShownReadFetchedAndRemoved() throws {
        let served = try ServedTest()
        defer { try? served.cleanUp() }
        let id = try served.talk(lines: 2)
        let followed = try served.client("logs", "-f", id)
        #expect(followed.code == 0, "\(followed.stderr)")
        for arguments in [["logs", id], ["logs", "--raw", id]] {
            let log = try served.startClient(arguments).finish()
            #expect(log.stdout == followed.stdout)
            #expect(log.stdout.contains("tick 0") && log.stdout.contains("tick 1"))
        }
        let list = try served.client("ps", "--all")
        #expect(list.stdout.contains("\(id)  succeeded"), "\(list.stdout)")
        #expect(try served.client("ps").stdout.contains(id) == false)
        let folder = "\(served.test.folder)/got"
        let got = try served.client("get", "-o", folder, id)
        #expect(got.code == 0)
        #expect(got.stdout == "\(folder)/talker-1.0-py3-none-any.whl\n")
        #expect(FileManager.default.fileExists(atPath: String(got.stdout.dropLast())))
        #expect(try served.client("delete", id).code == 0)
        let gone = try served.client("show", id)
        #expect(gone.code == 2)
        #expect(gone.stdout.isEmpty)
    }

    @Test func aJobThatIsCancelledEndsAsCancelledAndCanBeTriedAgain() throws {
        let served = try ServedTest()
        defer { try? served.cleanUp() }
        let id = try served.talk(lines: 2000)
        let follower = try served.startClient(["logs", "-f", id])
        try awaitText("tick 0", from: follower)
        #expect(try served.client("get", id).code == 2, "a job that runs has no artifacts yet")
        #expect(try served.client("cancel", id).stdout.hasPrefix(id))
        #expect(try follower.finish().code == 8)
        #expect(try served.state(of: id) == "cancelled")
        let again = try served.client("retry", id)
        #expect(again.code == 0)
        let second = String(again.stdout.dropLast())
        #expect(second != id)
        #expect(try served.client("cancel", second).code == 0)
    }

    @Test func whoStopsFollowingLeavesTheJobAlone() throws {
        let served = try ServedTest()
        defer { try? served.cleanUp() }
        let project = try served.talker().string
        let talk = ["-w", "-C", "say=tick", "-C", "lines=2000", "-C", "every=0.25", project]
        let first = try served.startClient(["submit", "--follow"] + talk)
        try awaitText("tick 0", from: first)
        kill(first.pid, SIGINT)
        let left = try first.finish()
        #expect(left.code == 130)
        let id = try #require(left.stderr.firstMatch(of: #/buildbox cancel ([0-9A-Z]{26})/#)?.1)
        #expect(try served.state(of: String(id)) == "running")
        #expect(try served.client("cancel", String(id)).code == 0)

        let second = try served.startClient(["submit", "--follow", "--cancel-on-interrupt"] + talk)
        try awaitText("tick 0", from: second)
        kill(second.pid, SIGINT)
        let cancelled = try second.finish()
        #expect(cancelled.code == 130, "\(cancelled.stderr)")
        #expect(try served.client("ps").stdout.split(separator: "\n").count == 1)
    }

    @Test func aFollowerOutlivesTheServer() throws {
        let served = try ServedTest()
        defer { try? served.cleanUp() }
        let project = try served.talker().string
        let follower = try served.startClient(
            ["submit", "-f", "-w", "-C", "say=tick", "-C", "lines=12", "-C", "every=0.25", project])
        try awaitText("tick 1", from: follower)
        try served.killAndStartAgain()
        let outcome = try follower.finish()
        #expect(outcome.code == 0, "\(outcome.stderr)")
        #expect(outcome.stderr.contains("trying again"))
        #expect(outcome.stderr.contains("attempt 2 begins"))
        #expect(outcome.stdout == "\(project)/dist/talker-1.0-py3-none-any.whl\n")
        // The second attempt is told whole, once.
        let second = outcome.stderr.split(separator: "attempt 2 begins").last ?? ""
        let lines = second.matches(of: #/tick (\d+) /#).compactMap { Int($0.1) }
        #expect(lines == Array(0..<12))
    }

    @Test func aServerThatIsNotThereIsExitNine() throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        for url in ["unix:\(test.folder)/nothing", "http://127.0.0.1:1"] {
            let outcome = try test.buildbox(["ps"], environment: ["BUILDBOX_URL": url])
            #expect(outcome.code == 9)
            #expect(outcome.stderr.hasPrefix("buildbox: cannot reach \(url): "), "\(outcome.stderr)")
        }
        #expect(try test.buildbox(["ps"], environment: ["BUILDBOX_URL": "nonsense"]).code == 2)
    }

    private func awaitText(_ text: String, from running: Running) throws {
        while !running.output.contains(text), !running.stderr.contains(text), running.process.isRunning {
            sched_yield()
        }
        try #require(running.process.isRunning, "it ended before it said \(text): \(running.stderr)")
    }
}
