import ArgumentParser
import BuildClient

/// `buildbox delete`: jobs that ended, away with them.
struct Delete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Remove jobs that ended, with their logs and artifacts.",
        discussion: """
            EXAMPLES
              buildbox delete 01JD3Y6QG8Z4V5W7X9A2B4C6D8
            """
    )

    @Argument(help: ArgumentHelp("The jobs.", valueName: "id"))
    var ids: [String]

    @OptionGroup(title: "Server options") var server: ServerOptions

    func run() async throws {
        try await server.withClient(RunRenderer(quiet: true)) { (client) throws(ClientError) in
            for id in ids { try await client.delete(id) }
            return 0
        }
    }
}
