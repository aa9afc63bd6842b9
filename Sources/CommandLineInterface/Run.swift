import ArgumentParser
import Foundation
import PythonBuild
import Sandbox
import SandboxProtocol
import SourceText
import SystemPackage

/// `buildbox run`: one build, from the terminal.
struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Build a project inside the sandbox, as `python -m build` would.",
        discussion: """
            The project's output goes to stderr as it happens; the artifacts' paths go to stdout, one a line. The \
            project's folder is never written to, but for the output folder.

            EXAMPLES
              buildbox run                               the project in this folder
              buildbox run ./proj -o wheels -w           only a wheel, into ./wheels
              buildbox run six-1.17.0.tar.gz             a wheel from a source distribution
              buildbox run proj.zip                      both, from an archive of a project folder
              buildbox run -C --build-option=-j4 ./proj  a setting for the backend
              buildbox run -e SOURCE_DATE_EPOCH ./proj   a variable of yours for the build
              buildbox run --json ./proj | jq .artifacts

            EXIT CODES
              0   built
              1   the build failed
              2   usage or invalid request
              3   stopped at a limit
              4   the sandbox cannot be established here
              5   refused by policy
              6   the environment could not be provisioned
              7   an artifact was rejected
              8   cancelled
              9   buildbox itself failed
              130 interrupted
            """
    )

    @Argument(
        help: ArgumentHelp(
            "A project folder, a source distribution, or a .tar.gz, .tgz, .tar.zst or .zip of a project folder.",
            valueName: "src"))
    var source = "."

    @OptionGroup(title: "Build options") var build: BuildOptions
    @OptionGroup var variables: VariableOptions
    @OptionGroup(title: "Sandbox options") var sandbox: SandboxOptions
    @Option(
        help: ArgumentHelp(
            "Wall-clock time for the whole build, besides that of each phase. (default: no limit)", valueName: "time"))
    var runTimeout: TimeSpan?

    @OptionGroup(title: "Output options") var output: OutputOptions

    func validate() throws {
        if let file = output.resultFile {
            let folder = absolute(file).removingLastComponent().string
            guard access(folder, W_OK) == 0 else {
                throw ValidationError("--result-file: the folder \(folder) is not there or cannot be written to")
            }
        }
        try sandbox.checkPaths()
        _ = try variables.values(from: ProcessInfo.processInfo.environment)
    }

    func run() async throws {
        let renderer = RunRenderer(quiet: build.quiet > 0)
        let environment = ProcessInfo.processInfo.environment
        let request = try request(environment: environment)
        let result = await result(of: request, environment: environment, renderer: renderer)
        renderer.finish(result)
        let paths = result.artifacts.compactMap(\.path).map { $0 + "\n" }.joined()
        writeFully(Array((output.json ? try result.document() : paths).utf8), to: STDOUT_FILENO)
        if let file = output.resultFile, let fault = ResultFile(path: absolute(file)).write(result) {
            renderer.complain(fault)
            throw ExitCode(max(result.exitCode, ExitStatus.internalFault.rawValue))
        }
        throw ExitCode(result.exitCode)
    }

    private func request(environment: [String: String]) throws -> BuildRequest {
        var request = BuildRequest(source: absolute(source))
        sandbox.apply(to: &request)
        request.environment = try variables.values(from: environment)
        build.apply(to: &request)
        request.runTime = runTimeout?.duration
        return request
    }

    private func result(
        of request: BuildRequest, environment: [String: String], renderer: RunRenderer
    ) async -> BuildResult {
        let task = Task { () -> BuildResult in
            do throws(BuildFailure) {
                let installation = Installation(environment: environment)
                return await (try installation.pythonBuild()).run(request) { renderer.show($0) }
            } catch {
                return BuildResult(failure: error, request: request)
            }
        }
        let interrupt = InterruptHandler { task.cancel() }
        var result = await task.value
        if result.status == .cancelled, interrupt.signal == SIGINT {
            result.exitCode = ExitStatus.interrupted.rawValue
        }
        return result
    }
}

func absolute(_ path: String) -> FilePath {
    let path = FilePath(path)
    let folder = FilePath(FileManager.default.currentDirectoryPath)
    return (path.isAbsolute ? path : folder.pushing(path)).lexicallyNormalized()
}
