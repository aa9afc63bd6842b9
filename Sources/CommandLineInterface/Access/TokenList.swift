import ArgumentParser
import BuildAPI
import BuildService
import Foundation

/// `buildbox token list`: the tokens that were made; no secrets.
struct TokenList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the tokens, without their secrets.",
        discussion: """
            EXAMPLES
              buildbox token list
              buildbox token list --json | jq -r '.[] | select(.revoked_at == null) | .id'
            """
    )

    @OptionGroup var home: HomeOption

    @Flag(help: "Print an array (JSON).")
    var json = false

    func run() async throws {
        let tokens = try await home.run { try await TokenStore(home: $0).list() }
        let now = Date()
        let text: String
        if json {
            text = String(decoding: try DocumentCoding.encoder().encode(tokens), as: UTF8.self) + "\n"
        } else {
            let rows = tokens.map { token in
                [
                    token.id, token.grant, token.scopes.sorted().map(\.rawValue).joined(separator: ","),
                    state(of: token, now), token.lastUsedAt.map { day($0) } ?? "never",
                ]
            }
            text = TextTable(rows: [["ID", "GRANT", "SCOPES", "STATE", "LAST USED"]] + rows).text
        }
        writeFully(Array(text.utf8), to: STDOUT_FILENO)
    }

    private func state(of token: Token, _ now: Date) -> String {
        if token.revokedAt != nil { return "revoked" }
        guard let expiry = token.expiresAt else { return "good" }
        return expiry <= now ? "expired" : "until \(day(expiry))"
    }

    private func day(_ date: Date) -> String { date.formatted(Date.ISO8601FormatStyle().year().month().day()) }
}
