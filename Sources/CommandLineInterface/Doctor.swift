import ArgumentParser
import Foundation
import PythonBuild
import Sandbox

/// `buildbox doctor`: whether builds can run here at full strength, and what to do where they cannot.
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Say whether builds can run here at full strength, and what to do where they cannot.",
        discussion: """
            Every primitive that the sandbox is made of is tried in a process of its own, with a timeout; at last \
            /bin/true is run contained. What does not hold is told with its cause and the narrowest remedy. Nothing is \
            changed but the state folder.

            EXAMPLES
              buildbox doctor
              buildbox doctor --json | jq -r '.findings[] | select(.state != "good") | .remedy'
              systemd-run --user --scope -p Delegate=yes buildbox doctor
              buildbox doctor && buildbox run ./proj

            EXIT CODES
              0   builds run at full strength
              2   usage
              4   something that full strength needs is missing
              9   buildbox itself failed
            """
    )

    @Flag(help: "Print one document (JSON) on stdout instead of a table.")
    var json = false

    func run() async throws {
        let examination = await Installation(environment: ProcessInfo.processInfo.environment).examination()
        let text = json ? try documentText(examination) : DoctorTable(examination: examination).text
        writeFully(Array(text.utf8), to: STDOUT_FILENO)
        throw ExitCode((examination.fullStrength ? ExitStatus.built : .noSandbox).rawValue)
    }
}
