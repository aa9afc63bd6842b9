import ArgumentParser

/// `buildbox audit`: what the service wrote down about who did what.
struct Audit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Check the audit log of a service.",
        discussion: """
            EXAMPLES
              buildbox audit verify
            """,
        subcommands: [AuditVerify.self]
    )
}
