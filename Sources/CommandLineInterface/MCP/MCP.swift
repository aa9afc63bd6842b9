import ArgumentParser
import BuildService
import Foundation
import Glibc
import Logging
import MCPServer
import Policy
import PythonBuild
import SandboxProtocol
import SystemPackage

/// `buildbox mcp`: the tool `python_build` for one client of the Model Context Protocol, on stdin and stdout.
struct MCP: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mcp",
        abstract: "Serve python_build to an agent, over the Model Context Protocol on stdin and stdout.",
        discussion: """
            An MCP client starts this and talks to it: it lists the tools python_build, python_build_status, \
            python_build_logs and python_build_cancel, and may do what you may, below the folders of --root. When its \
            input ends, everything that it was building ends too. stderr has the log, BUILDBOX_LOG its level.

            EXAMPLES
              buildbox mcp                          projects below this folder
              buildbox mcp --root ~/src             projects below ~/src
              {"mcpServers": {"buildbox": {"command": "buildbox", "args": ["mcp", "--root", "/home/me/src"]}}}
            """
    )

    @Option(
        name: .customLong("root"),
        help: ArgumentHelp(
            "A folder below which projects and output folders may be named. Repeatable (default: this folder).",
            valueName: "dir"))
    var roots: [String] = []

    @Option(help: ArgumentHelp("How many builds run at once (default: the processors).", valueName: "n"))
    var running: Int?

    @Option(
        help: ArgumentHelp(
            "A policy that decides on every call. Its counters begin anew with each start.", valueName: "file"))
    var policy: String?

    @Option(
        help: ArgumentHelp(
            "Do without a layer that cannot be had here: cgroup-memory, cgroup-pids, cgroup-cpu, cgroup-cpu-time, "
                + "cgroup for all of these, landlock. Repeatable.", valueName: "layer"))
    var allowMissing: [MissingLayer] = []

    func validate() throws {
        if let running, !(1...1024).contains(running) { throw ValidationError("--running is 1 to 1024") }
        for root in folders {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: root.string, isDirectory: &isFolder), isFolder.boolValue else {
                throw ValidationError("--root: there is no folder \(root)")
            }
        }
    }

    private var folders: [FilePath] { (roots.isEmpty ? ["."] : roots).map(absolute) }

    func run() async throws {
        do {
            let installation = Installation(environment: ProcessInfo.processInfo.environment)
            let home = try ServerHome(below: installation.home)
            defer { home.remove() }
            let service = try service(installation, home: home.path)
            var settings = ServerSettings(
                version: Buildbox.configuration.version, roots: folders,
                fetchAdvice: "name an outdir, and read the file there")
            settings.taskLife = 24 * 3_600_000
            try await serve(MCPServer(service: service, settings: settings), service)
        } catch let failure as BuildFailure {
            complain(failure.message)
            throw ExitCode(failure.exitStatus.rawValue)
        } catch let faults as PolicyFaults {
            complain("\(faults)")
            throw ExitCode(ExitStatus.usage.rawValue)
        } catch let fault as ServiceFault {
            complain(fault.message)
            throw ExitCode(ExitStatus.internalFault.rawValue)
        }
    }

    private func service(_ installation: Installation, home: FilePath) throws -> BuildService {
        let builder = PythonBuilder(
            python: try installation.pythonBuild(servesMany: true), profiles: installation.profiles,
            allowMissing: allowMissing.reduce(into: []) { $0.formUnion($1.layers) })
        var settings = ServiceSettings(home: home)
        settings.folderRoots = folders
        // One client, and what it builds ends with it: there is nothing to queue up for.
        settings.queued = 1000
        if let running { settings.running = running }
        let source = try policy.map { try PolicySource(absolute($0), logger: Logger(label: "buildbox.mcp")) }
        complain(source.map { "policy: \($0.file)" } ?? Policy.absentOnStdio)
        return try BuildService(settings: settings, builder: builder, packer: builder, policy: source)
    }

    /// Serves until the input ends, or a signal comes; then nothing of it runs any more.
    private func serve(_ server: MCPServer, _ service: BuildService) async throws {
        let input = try InputReader(STDIN_FILENO)
        let connection = StdioServer(server: server, principal: Self.principal, writer: LineWriter(STDOUT_FILENO))
        let builds = Task { try await service.run() }
        // What comes meanwhile waits in the pipe.
        while service.readiness == .starting, !Task.isCancelled { try await Task.sleep(for: .milliseconds(5)) }
        let serving = Task { await connection.run(input) }
        let interrupt = InterruptHandler { serving.cancel() }
        await serving.value
        builds.cancel()
        try await builds.value
        if let signal = interrupt.signal { throw ExitCode(128 + signal) }
    }

    /// Whoever started this may do with its builds what that user may.
    private static var principal: Principal {
        let name = getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) } ?? "uid-\(getuid())"
        return Principal(grant: "user:\(name)", subject: name, scopes: [.build, .read])
    }

    private func complain(_ message: String) {
        writeFully(Array("buildbox: \(message)\n".utf8), to: STDERR_FILENO)
    }
}
