import ArgumentParser
import BuildAPI
import BuildClient

/// `buildbox cancel`: the end of jobs before their time.
struct Cancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Ask jobs to end.",
        discussion: """
            A job that waits ends at once, one that runs is stopped in order; one that had ended stays as it is.

            EXAMPLES
              buildbox cancel 01JD3Y6QG8Z4V5W7X9A2B4C6D8
              buildbox ps --json | jq -r '.builds[].id' | xargs buildbox cancel
            """
    )

    @OptionGroup var jobs: JobsOptions

    func run() async throws {
        try await jobs.each({ "\($0.id) \($0.state.isEnd ? $0.state.rawValue : "is cancelled")" }) {
            (client, id) throws(ClientError) in try await client.cancel(id)
        }
    }
}
