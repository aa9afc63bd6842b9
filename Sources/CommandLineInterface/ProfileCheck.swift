import ArgumentParser
import Glibc
import PythonBuild
import Sandbox
import SourceText
import SystemPackage

/// `buildbox profile check`: every fault of profile files, by line.
struct ProfileCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say what is wrong with profile files, as FILE:LINE:COLUMN: fault.",
        discussion: """
            The filter is compiled, so rules that contradict each other are told too.

            EXAMPLES
              buildbox profile check mine.json
              buildbox profile check --json /etc/buildbox/profiles/*.json | jq '.[].faults'

            EXIT CODES
              0   every file is a good profile
              2   at least one is not
            """
    )

    @Argument(help: ArgumentHelp("Profile files.", valueName: "file"))
    var files: [String]

    @Flag(help: "Print an array of reports (JSON).")
    var json = false

    func run() throws {
        let reports = files.map { ProfileReport(checking: FilePath($0)) }
        let text = json ? try documentText(reports) : reports.map { $0.lines.map { "\($0)\n" }.joined() }.joined()
        writeFully(Array(text.utf8), to: STDOUT_FILENO)
        if reports.contains(where: { !$0.good }) { throw ExitCode(ExitStatus.usage.rawValue) }
    }
}
