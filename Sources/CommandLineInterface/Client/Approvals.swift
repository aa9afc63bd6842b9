import ArgumentParser
import BuildAPI
import BuildClient
import Foundation

/// `buildbox approvals`: what waits for this caller's word.
struct Approvals: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approvals",
        abstract: "List the jobs that you can approve or deny.",
        discussion: """
            The longest waiting first, with the digest of request and source that an approval is bound to. The token \
            needs the scope approve.

            EXAMPLES
              buildbox approvals
              buildbox approvals --json | jq '.approvals[].request'
            """
    )

    @Flag(help: "Print one document (JSON).")
    var json = false

    @OptionGroup(title: "Server options") var server: ServerOptions

    func run() async throws {
        try await server.withClient(RunRenderer(quiet: true)) { (client) throws(ClientError) in
            let approvals = try await client.approvals()
            let text = json ? try jobText(ApprovalListDocument(approvals: approvals)) : Self.lines(approvals)
            writeFully(Array(text.utf8), to: STDOUT_FILENO)
            return 0
        }
    }

    static func lines(_ approvals: [ApprovalDocument]) -> String {
        approvals.map { approval in
            let source = approval.source?.folder ?? approval.source?.name ?? ""
            let left = max(0, Int(approval.expiresAt.timeIntervalSinceNow))
            return "\(approval.id)  \(JobTable.safe("\(approval.grant)#\(approval.subject)  \(source)"))  "
                + "expires in \(left) s  \(approval.digest)\n    \(JobTable.safe(approval.reason)) (\(approval.rule))\n"
        }.joined()
    }
}
