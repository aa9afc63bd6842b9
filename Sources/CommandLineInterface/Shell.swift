import ArgumentParser
import Foundation
import PythonBuild
import Sandbox
import SandboxProtocol

/// `buildbox shell`: a look around in what a build would see.
struct Shell: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shell",
        abstract: "Open a shell in the very sandbox and environment that a build would get.",
        discussion: """
            The project is shown as its build sees it; what is changed there is gone when the shell ends. What \
            contained programs print reaches your terminal as it is.

            EXAMPLES
              buildbox shell ./proj
              buildbox shell --python 3.12 --memory 4GiB ./proj
              buildbox shell six-1.17.0.tar.gz

            EXIT CODES
              as `buildbox exec`
            """
    )

    @Argument(
        help: ArgumentHelp("A project folder, a source distribution, or an archive of a folder.", valueName: "src"))
    var source = "."

    @OptionGroup(title: "Build options") var build: BuildOptions
    @OptionGroup var variables: VariableOptions
    @OptionGroup(title: "Sandbox options") var sandbox: SandboxOptions

    func validate() throws {
        try sandbox.checkPaths()
        _ = try variables.values(from: ProcessInfo.processInfo.environment)
        guard isatty(STDIN_FILENO) == 1 else {
            throw ValidationError("standard input is no terminal: for a single command use `buildbox exec`")
        }
    }

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        var request = BuildRequest(source: absolute(source))
        sandbox.apply(to: &request)
        build.apply(to: &request)
        request.environment = ["TERM": environment["TERM"] ?? "dumb"].merging(
            try variables.values(from: environment)
        ) { $1 }
        let renderer = RunRenderer(quiet: build.quiet > 0)
        let code: Int32
        do throws(BuildFailure) {
            let python = try Installation(environment: environment).pythonBuild()
            code = try await python.shell(request, events: { renderer.show($0) }) {
                (inside: SandboxRequest) async throws(SandboxError) in
                renderer.rest()
                return try await ContainedCommand(sandbox: python.sandbox, request: inside).run()
            }
        } catch {
            renderer.complain(error.message)
            code = ContainedCommand.ownCodes + error.exitStatus.rawValue
        }
        throw ExitCode(code)
    }
}
