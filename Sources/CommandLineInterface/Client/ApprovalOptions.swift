import ArgumentParser
import BuildAPI
import BuildClient
import Foundation

/// What `approve` and `deny` have in common: jobs by their ids, and why.
struct ApprovalOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The jobs.", valueName: "id"))
    var ids: [String]

    @Option(help: ArgumentHelp("Why, for whoever asked and for the audit log.", valueName: "text"))
    var reason: String?

    @Option(
        help: ArgumentHelp(
            "Decide only if this is what waits: the digest that `approvals` shows. For one job.", valueName: "sha256"))
    var digest: String?

    @Flag(help: "Print one document (JSON).")
    var json = false

    @OptionGroup(title: "Server options") var server: ServerOptions

    func validate() throws {
        if digest != nil, ids.count != 1 { throw ValidationError("--digest is of one job") }
    }

    /// Decides on each job; the first failure ends the command.
    func decide(_ decision: ApprovalDecisionDocument.Decision) async throws {
        let document = ApprovalDecisionDocument(decision: decision, reason: reason, digest: digest)
        try await server.withClient(RunRenderer(quiet: true)) { (client) throws(ClientError) in
            var approvals: [ApprovalDocument] = []
            for id in ids {
                let approval = try await client.decide(document, on: id)
                approvals.append(approval)
                if !json {
                    writeFully(Array("\(approval.id) is \(approval.status.rawValue)\n".utf8), to: STDOUT_FILENO)
                }
            }
            if json {
                writeFully(Array(try jobText(ApprovalListDocument(approvals: approvals)).utf8), to: STDOUT_FILENO)
            }
            return 0
        }
    }
}
