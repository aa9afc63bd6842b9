import ArgumentParser
import Policy

/// `buildbox policy`: what a policy file says, and what it would decide.
struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Check policy files, and say what one decides on a call.",
        discussion: """
            A policy says who may have python_build run, with which arguments, how often, and what a person must \
            approve. The format is that of MCP policy gateways, so one file serves both.

            EXAMPLES
              buildbox policy check policy.json
              buildbox policy explain --policy policy.json --grant ci --args '{"directory":"/srv/src/demo"}'
            """,
        subcommands: [PolicyCheck.self, PolicyExplain.self, PolicyCostCommand.self]
    )
}
