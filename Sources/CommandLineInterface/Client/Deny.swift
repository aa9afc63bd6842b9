import ArgumentParser
import BuildAPI

/// `buildbox deny`: a person ends jobs that the policy holds.
struct Deny: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deny",
        abstract: "Deny jobs that wait for an approval.",
        discussion: """
            A denied job has ended as refused, with the reason. The token needs the scope approve.

            EXAMPLES
              buildbox deny 01JD3Y6QG8Z4V5W7X9A2B4C6D8 --reason "not from this host"
            """
    )

    @OptionGroup var options: ApprovalOptions

    func run() async throws { try await options.decide(.deny) }
}
