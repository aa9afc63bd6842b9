import ArgumentParser
import Foundation
import PythonBuild
import Sandbox
import SystemPackage

/// `buildbox profile show`: what a profile says, shortly.
struct ProfileShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a profile: where it lies, what it is for, its limits and layers.",
        discussion: """
            EXAMPLES
              buildbox profile show strict
              buildbox profile show --json ./mine.json | jq .limits
            """
    )

    @Argument(help: ArgumentHelp("A name, or with a / in it the path of a file.", valueName: "name"))
    var name: String

    @Flag(help: "Print one object (JSON).")
    var json = false

    func run() throws {
        let search = Installation(environment: ProcessInfo.processInfo.environment).profiles
        let profile: SandboxProfile
        do throws(SandboxError) {
            profile = try search.profile(name)
        } catch {
            writeFully(Array("buildbox: \(error.message)\n".utf8), to: STDERR_FILENO)
            throw ExitCode(ExitStatus.usage.rawValue)
        }
        let summary = ProfileSummary(profile)
        let text = json ? try documentText(summary) : summary.lines.map { "\($0)\n" }.joined()
        writeFully(Array(text.utf8), to: STDOUT_FILENO)
    }
}
