import Foundation
import SystemPackage
import Testing

/// A `buildbox serve` of a test's own, on a Unix socket in the test's folder, and the commands that use it.
final class ServedTest {
    let test: EndToEnd
    private var server: Running

    private var address: String { "unix:\(test.folder)/socket" }

    init() throws {
        test = try EndToEnd()
        server = try Self.start(test)
    }

    /// Kills what is left, and removes the test's folder.
    func cleanUp() throws {
        if server.process.isRunning { kill(server.pid, SIGKILL) }
        _ = try server.finish()
        try test.cleanUp()
    }

    /// As if the power went; then it is started again.
    func killAndStartAgain() throws {
        kill(server.pid, SIGKILL)
        _ = try server.finish()
        server = try Self.start(test)
    }

    private static func start(_ test: EndToEnd) throws -> Running {
        let listen = ["BUILDBOX_LISTEN": "unix:\(test.folder)/socket", "BUILDBOX_HOME": "\(test.folder)/home"]
        return try test.start(["serve"], environment: listen)
    }

    /// A command of the client's, to its end. It waits for a server that is only starting.
    func client(_ arguments: String...) throws -> EndToEnd.Outcome {
        try startClient(arguments).finish()
    }

    func startClient(_ arguments: [String]) throws -> Running {
        try test.start(arguments + ["--patience", "120s"], environment: ["BUILDBOX_URL": address])
    }

    /// A job that talks for so many quarters of a second.
    func talk(lines: Int) throws -> String {
        let project = try talker()
        let outcome = try client(
            "submit", "-w", "-C", "say=tick", "-C", "lines=\(lines)", "-C", "every=0.25", project.string)
        try #require(outcome.code == 0, "\(outcome.stderr)")
        return String(outcome.stdout.dropLast())
    }

    func talker() throws -> FilePath {
        let path = test.folder.appending("talker")
        return FileManager.default.fileExists(atPath: path.string) ? path : try test.project("talker")
    }

    /// The state of a job.
    func state(of id: String) throws -> String? {
        let outcome = try client("show", id)
        let document = try JSONSerialization.jsonObject(with: Data(outcome.stdout.utf8)) as? [String: Any]
        return document?["state"] as? String
    }
}
