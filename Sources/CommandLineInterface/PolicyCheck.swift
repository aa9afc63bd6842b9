import ArgumentParser
import Glibc
import PythonBuild
import SystemPackage

/// `buildbox policy check`: every fault of policy files, by line.
struct PolicyCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say what is wrong with policy files, as FILE:LINE:COLUMN: fault (JSON pointer).",
        discussion: """
            Unknown members, bad patterns and bad windows are faults. A tool that buildbox does not have is only \
            remarked upon: a gateway's file may name those of other servers.

            EXAMPLES
              buildbox policy check policy.json
              buildbox policy check --json policy.json | jq '.[].faults'

            EXIT CODES
              0   every file is a good policy
              2   at least one is not
            """
    )

    @Argument(help: ArgumentHelp("Policy files.", valueName: "file"))
    var files: [String]

    @Flag(help: "Print an array of reports (JSON).")
    var json = false

    func run() throws {
        let reports = files.map { PolicyReport(checking: FilePath($0)) }
        let text = json ? try documentText(reports) : reports.map { $0.lines.map { "\($0)\n" }.joined() }.joined()
        writeFully(Array(text.utf8), to: STDOUT_FILENO)
        if reports.contains(where: { !$0.good }) { throw ExitCode(ExitStatus.usage.rawValue) }
    }
}
