import ArgumentParser
import Foundation
import PythonBuild
import Sandbox
import SandboxProtocol
import SystemPackage

/// `buildbox exec`: any command, contained like a build.
struct Exec: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec",
        abstract: "Run any command inside the sandbox.",
        discussion: """
            The command sees /usr, an empty home folder, an empty network, and what --ro and --rw name at their own \
            paths. Everything else that it writes is gone afterwards. Its standard input is empty unless --tty gives \
            it a terminal.

            EXAMPLES
              buildbox exec -- python3 -c 'print(1)'
              buildbox exec --ro . --chdir . -- make -n
              buildbox exec --memory 256MiB --timeout 10s -- tail /dev/zero
              buildbox exec --tty -- bash

            EXIT CODES
              the command's own, and 128 + N when the signal N ended it; buildbox's own are
              122  usage or invalid request
              123  stopped at a limit
              124  the sandbox cannot be established here
              128  cancelled
              129  buildbox itself failed
            """
    )

    @OptionGroup var variables: VariableOptions
    @OptionGroup(title: "Sandbox options") var sandbox: SandboxOptions

    @Option(
        help: ArgumentHelp("A folder of yours to write to; --disk does not bound it. Repeatable.", valueName: "path"))
    var rw: [String] = []

    @Option(help: ArgumentHelp("The folder to start in (default: the empty home folder).", valueName: "dir"))
    var chdir: String?

    @Flag(help: "Give the command a terminal.")
    var tty = false

    @Flag(help: "Print a result document (JSON) on stderr at the end.")
    var json = false

    @Argument(parsing: .postTerminator, help: ArgumentHelp("The command and its arguments.", valueName: "command"))
    var command: [String] = []

    func validate() throws {
        guard !command.isEmpty else {
            throw ValidationError("name a command behind --, such as: buildbox exec -- true")
        }
        try sandbox.checkPaths()
        try SandboxOptions.check(rw, option: "--rw")
        if tty, isatty(STDIN_FILENO) == 0 { throw ValidationError("--tty: standard input is no terminal") }
        _ = try variables.values(from: ProcessInfo.processInfo.environment)
    }

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let values = try variables.values(from: environment)
        let code = await ContainedCommand.exitCode { () async throws(SandboxError) in
            let installation = Installation(environment: environment)
            let request = try request(installation, values, terminalKind: environment["TERM"])
            return try await ContainedCommand(
                sandbox: try installation.sandbox(), request: request, rendersJSON: json
            ).run()
        }
        throw ExitCode(code)
    }

    private func request(
        _ installation: Installation, _ variables: [String: String], terminalKind: String?
    ) throws(SandboxError) -> SandboxRequest {
        func shown(_ path: String, _ access: BindAccess) -> MountStep {
            let place = absolute(path).string
            return .bind(source: place, at: place, access: access)
        }
        var values = ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": HostView.home, "LANG": "C.UTF-8"]
        if tty { values["TERM"] = terminalKind ?? "dumb" }
        let profile = try installation.profiles.profile(sandbox.limit.profile)
        return SandboxRequest(
            // env(1) looks the command up in PATH.
            arguments: ["/usr/bin/env", "--"] + command,
            environment: values.merging(variables) { $1 },
            workingDirectory: chdir.map { absolute($0).string } ?? HostView.home,
            mounts: sandbox.ro.map { shown($0, .readOnlyAsOwner) } + rw.map { shown($0, .writableAsOwner) },
            limits: SandboxLimits().setting(profile.limits).setting(sandbox.limit.limits), profile: profile,
            allowMissing: sandbox.missing,
            terminal: tty ? try PseudoTerminal() : nil)
    }
}
