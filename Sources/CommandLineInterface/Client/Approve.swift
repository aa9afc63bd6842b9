import ArgumentParser
import BuildAPI

/// `buildbox approve`: a person lets jobs through that the policy holds.
struct Approve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Approve jobs that wait for it.",
        discussion: """
            An approved job is counted in the policy's limits and waits for its turn; when a limit is reached it waits \
            on, and can be approved later. Whoever asked for a job cannot approve it. The token needs the scope approve.

            EXAMPLES
              buildbox approvals
              buildbox approve 01JD3Y6QG8Z4V5W7X9A2B4C6D8 --reason "looked at the diff"
            """
    )

    @OptionGroup var options: ApprovalOptions

    func run() async throws { try await options.decide(.approve) }
}
