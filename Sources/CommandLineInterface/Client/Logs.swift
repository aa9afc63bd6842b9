import ArgumentParser
import BuildAPI
import BuildClient
import Foundation
import PythonBuild
import SourceText

/// `buildbox logs`: what a job printed.
struct Logs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Show what a job printed.",
        discussion: """
            What a project prints is hostile: without --raw everything but colours and line breaks is made visible. \
            With -f it follows the job to its end and exits as the build did.

            EXAMPLES
              buildbox logs 01JD3Y6QG8Z4V5W7X9A2B4C6D8
              buildbox logs -f $(buildbox submit ./proj)
              buildbox logs --raw 01JD3Y6QG8Z4V5W7X9A2B4C6D8 > log
            """
    )

    @Argument(help: ArgumentHelp("The job.", valueName: "id"))
    var id: String

    @Flag(name: .shortAndLong, help: "Go on until the job ends; exit as the build did.")
    var follow = false

    @Flag(help: "The bytes as they were printed.")
    var raw = false

    @Option(help: ArgumentHelp("What this attempt printed (default: the last).", valueName: "number"))
    var attempt: Int?

    @OptionGroup(title: "Server options") var server: ServerOptions

    func validate() throws {
        if follow, attempt != nil { throw ValidationError("-f follows all attempts: leave --attempt out") }
    }

    func run() async throws {
        let renderer = RunRenderer(quiet: true)
        try await server.withClient(renderer) { (client) throws(ClientError) in
            if follow { return try await followed(client, renderer) }
            var terminal = TerminalText()
            try await client.log(id, attempt: attempt) { (bytes) throws(ClientError) in
                writeFully(raw ? bytes : terminal.safe(bytes), to: STDOUT_FILENO)
            }
            writeFully(terminal.close(), to: STDOUT_FILENO)
            return 0
        }
    }

    private func followed(_ client: BuildClient, _ renderer: RunRenderer) async throws(ClientError) -> Int32 {
        var code: Int32?
        var stdout = TerminalText()
        var stderr = TerminalText()
        var position: (attempt: Int, offset: UInt64) = (1, 0)
        try await client.follow(id) { (event) throws(ClientError) in
            switch event.event {
            case .log(let log) where raw:
                if log.attempt != position.attempt { position = (log.attempt, 0) }
                // One answer may have brought what several events tell of.
                guard log.offset + log.length > position.offset else { return }
                position.offset = try await client.log(id, attempt: log.attempt, from: position.offset) {
                    (bytes) throws(ClientError) in writeFully(bytes, to: STDOUT_FILENO)
                }
            case .log(let log):
                let bytes = Array(log.text.utf8)
                writeFully(log.stream == .stdout ? stdout.safe(bytes) : stderr.safe(bytes), to: STDOUT_FILENO)
            case .state(let state) where state.state == .running && state.attempt > 1:
                renderer.complain("the server was interrupted; attempt \(state.attempt) begins")
            case .end(let end): code = end.exitCode
            default: break
            }
        }
        writeFully(stdout.close() + stderr.close(), to: STDOUT_FILENO)
        if let code { return code }
        return try await client.job(id).result?.exitCode ?? 0
    }
}
