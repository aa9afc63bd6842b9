import ArgumentParser
import BuildAPI
import BuildClient

/// `buildbox retry`: jobs once more.
struct Retry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Build the source of jobs again, as new jobs.",
        discussion: """
            The new jobs have the requests and the sources of the old ones, which stay as they are. Prints the new ids.

            EXAMPLES
              buildbox retry 01JD3Y6QG8Z4V5W7X9A2B4C6D8
              buildbox logs -f $(buildbox retry 01JD3Y6QG8Z4V5W7X9A2B4C6D8)
            """
    )

    @OptionGroup var jobs: JobsOptions

    func run() async throws {
        try await jobs.each(\.id) { (client, id) throws(ClientError) in try await client.retry(id) }
    }
}
