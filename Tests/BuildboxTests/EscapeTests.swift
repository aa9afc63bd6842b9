import Foundation
import SystemPackage
import Testing

/// Tests/Escape tries every vector of the threat list, each with its positive control.
@Suite(.serialized) struct EscapeTests {
    @Test(arguments: EndToEnd.User.available)
    func noVectorEscapes(user: EndToEnd.User) throws {
        let installation = try Installed.shared.get()
        let script = EndToEnd.repository.appending("Tests/Escape/escape.py").string
        var command = [
            "/usr/bin/python3", "-B", script, "--buildbox", installation.folder.appending("buildbox").string,
            "--toolchain", installation.folder.appending("toolchain").string,
        ]
        if user == .ordinary, geteuid() == 0 { command += ["--user", "65534"] }
        let outcome = try Running(command, environment: ["PATH": "/usr/bin:/bin"], directory: "/").finish()
        print(outcome.stdout, terminator: "")
        let lines = outcome.stdout.split(separator: "\n")
        #expect(lines.count { $0.hasPrefix("contained ") } >= 100)
        let faults = lines.filter { $0.hasPrefix("ESCAPED ") || $0.hasPrefix("FAILED ") }
        #expect(faults.isEmpty, "\(faults.joined(separator: "\n"))")
        #expect(outcome.code == 0, "\(outcome.stderr.suffix(2000))")
    }
}
