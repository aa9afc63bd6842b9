public import ArgumentParser
public import BuildAPI
import BuildClient
import Foundation

/// `buildbox ps`: the jobs of a server.
struct Ps: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ps",
        abstract: "List the jobs of a server.",
        discussion: """
            Jobs that wait or run, the newest first; your own, or with the scope `admin` those of every grant.

            EXAMPLES
              buildbox ps
              buildbox ps --all --limit 20
              buildbox ps --state failed --state stopped
              buildbox ps --all --json | jq -r '.builds[].id'
            """
    )

    @Flag(name: .shortAndLong, help: "Those that ended, too.")
    var all = false

    @Option(help: ArgumentHelp("Only those in this state. Repeatable.", valueName: "state"))
    var state: [JobState] = []

    @Option(help: ArgumentHelp("At most so many, the newest.", valueName: "count"))
    var limit = 200

    @Flag(help: "Print one document (JSON).")
    var json = false

    @OptionGroup(title: "Server options") var server: ServerOptions

    func validate() throws {
        if all, !state.isEmpty { throw ValidationError("--all and --state contradict each other") }
        guard (1...100_000).contains(limit) else { throw ValidationError("--limit must be 1 to 100000") }
    }

    func run() async throws {
        let renderer = RunRenderer(quiet: true)
        try await server.withClient(renderer) { (client) throws(ClientError) in
            let states = all ? nil : state.isEmpty ? [.awaitingApproval, .queued, .running] : state
            let jobs = try await client.jobs(states: states, limit: limit)
            let table = JobTable(jobs: jobs, width: columns(of: STDOUT_FILENO), now: Date())
            writeFully(
                Array((json ? try jobText(JobListDocument(builds: jobs)) : table.text).utf8), to: STDOUT_FILENO)
            return 0
        }
    }
}

/// Columns of a terminal (ioctl_tty(2)); nil for what is none.
func columns(of descriptor: Int32) -> Int? {
    var size = winsize()
    guard isatty(descriptor) == 1, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
}

extension JobState: ExpressibleByArgument {}
