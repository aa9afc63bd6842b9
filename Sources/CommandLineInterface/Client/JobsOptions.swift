import ArgumentParser
import BuildAPI
import BuildClient
import Foundation

/// What `cancel` and `retry` have in common: jobs by their ids, one act for each, and what became of them.
struct JobsOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The jobs.", valueName: "id"))
    var ids: [String]

    @Flag(help: "Print one document (JSON).")
    var json = false

    @OptionGroup(title: "Server options") var server: ServerOptions

    /// Does `act` for each job and prints `line` of what came of it; the first failure ends the command.
    func each(
        _ line: (JobDocument) -> String, _ act: (BuildClient, String) async throws(ClientError) -> JobDocument
    ) async throws {
        try await server.withClient(RunRenderer(quiet: true)) { (client) throws(ClientError) in
            var jobs: [JobDocument] = []
            for id in ids {
                let job = try await act(client, id)
                jobs.append(job)
                if !json { writeFully(Array((line(job) + "\n").utf8), to: STDOUT_FILENO) }
            }
            if json { writeFully(Array(try jobText(JobListDocument(builds: jobs)).utf8), to: STDOUT_FILENO) }
            return 0
        }
    }
}
