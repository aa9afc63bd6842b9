import Foundation
import SystemPackage
import Testing

/// Tests/Escape tries every vector of the threat list, each with its positive control.
@Suite struct EscapeTests {
    /// As every user at once: each waits much, and the waits overlap.
    @Test func noVectorEscapes() throws {
        let runs = try EndToEnd.User.available.map { ($0, try Self.start($0)) }
        for (user, run) in runs {
            let outcome = try run.finish()
            print(outcome.stdout, terminator: "")
            let lines = outcome.stdout.split(separator: "\n")
            #expect(lines.count { $0.hasPrefix("contained ") } >= 100, "\(user)")
            let faults = lines.filter { $0.hasPrefix("ESCAPED ") || $0.hasPrefix("FAILED ") }
            #expect(faults.isEmpty, "\(user): \(faults.joined(separator: "\n"))")
            #expect(outcome.code == 0, "\(user): \(outcome.stderr.suffix(2000))")
        }
    }

    private static func start(_ user: EndToEnd.User) throws -> Running {
        let installation = try Installed.shared.get()
        let script = EndToEnd.repository.appending("Tests/Escape/escape.py").string
        var command = [
            "/usr/bin/python3", "-B", script, "--buildbox", installation.folder.appending("buildbox").string,
            "--toolchain", installation.folder.appending("toolchain").string,
        ]
        if user == .ordinary, geteuid() == 0 { command += ["--user", "65534"] }
        return try Running(command, environment: ["PATH": "/usr/bin:/bin"], directory: "/")
    }
}
