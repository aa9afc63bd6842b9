import ArgumentParser
import BuildService
import Foundation

/// `buildbox token revoke`: a token that counts no more.
struct TokenRevoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Let a token count no more, from the next request on.",
        discussion: """
            EXAMPLES
              buildbox token revoke 4fK2mQ81xTz0aBcD
            """
    )

    @OptionGroup var home: HomeOption

    @Argument(help: ArgumentHelp("The token's id, as `token list` shows it.", valueName: "id"))
    var id: String

    func run() async throws {
        let token = try await home.run { try await TokenStore(home: $0).revoke(id, by: home.subject) }
        FileHandle.standardError.write(
            Data("buildbox: token \(token.id) of the grant \(token.grant) is revoked\n".utf8))
    }
}
