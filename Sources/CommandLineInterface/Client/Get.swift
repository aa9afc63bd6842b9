import ArgumentParser
import BuildAPI
import BuildClient
import Foundation
import PythonBuild

/// `buildbox get`: the artifacts of a job.
struct Get: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Fetch the artifacts of a job that ended.",
        discussion: """
            Each file is checked against the digest in the job's result before it gets its name. The paths go to \
            stdout, one a line. Exits as the build did.

            EXAMPLES
              buildbox get -o dist 01JD3Y6QG8Z4V5W7X9A2B4C6D8
              buildbox get --json 01JD3Y6QG8Z4V5W7X9A2B4C6D8 | jq .resources
            """
    )

    @Argument(help: ArgumentHelp("The job.", valueName: "id"))
    var id: String

    @Option(
        name: [.short, .customLong("outdir")],
        help: ArgumentHelp("Output folder (default: this one).", valueName: "dir"))
    var outdir = "."

    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Server options") var server: ServerOptions

    func run() async throws {
        let renderer = RunRenderer(quiet: false)
        try await server.withClient(renderer) { (client) throws(ClientError) in
            let job = FollowedJob(
                id: id, client: client, renderer: renderer,
                destination: OutputDestination(folder: absolute(outdir), insideProject: false))
            return try job.report(try await job.delivered(try await client.job(id)), output)
        }
    }
}
