import ArgumentParser

/// `buildbox token`: who may use the service.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Make, list and revoke the bearer tokens of a service.",
        discussion: """
            Tokens lie in the service's home, as the SHA-256 of their secrets. They count from the next request on, \
            whether the service runs or not; from the first token on it takes no request without one.

            EXAMPLES
              buildbox token create --grant ci --expires 30d
              buildbox token create --grant ops --scopes read,admin
              buildbox token list
              buildbox token revoke 4fK2mQ81xTz0aBcD
            """,
        subcommands: [TokenCreate.self, TokenList.self, TokenRevoke.self]
    )
}
