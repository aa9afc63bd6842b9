import ArgumentParser
import BuildAPI
import BuildClient
import Foundation

/// `buildbox show`: everything that a server tells of a job.
struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print the document of a job (JSON): its state, its request and, once it ended, its result.",
        discussion: """
            EXAMPLES
              buildbox show 01JD3Y6QG8Z4V5W7X9A2B4C6D8 | jq .result.reason
            """
    )

    @Argument(help: ArgumentHelp("The job.", valueName: "id"))
    var id: String

    @OptionGroup(title: "Server options") var server: ServerOptions

    func run() async throws {
        try await server.withClient(RunRenderer(quiet: true)) { (client) throws(ClientError) in
            writeFully(Array(try jobText(try await client.job(id)).utf8), to: STDOUT_FILENO)
            return 0
        }
    }
}
