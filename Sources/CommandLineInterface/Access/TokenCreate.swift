import ArgumentParser
import BuildService
import Foundation

/// `buildbox token create`: a new token, shown once.
struct TokenCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make a token and print it on stdout, once.",
        discussion: """
            SCOPES
              build    post builds and uploads; cancel, retry and delete them
              read     read jobs, logs, results, artifacts and metrics
              approve  approve or deny what waits for approval
              admin    everything, with the jobs of every grant

            EXAMPLES
              BUILDBOX_TOKEN=$(buildbox token create --grant ci --expires 30d)
              buildbox token create --grant dashboard --scopes read > token && chmod 600 token
            """
    )

    @OptionGroup var home: HomeOption

    @Option(help: ArgumentHelp("Whose jobs it sees: letters, digits and -_.:@/", valueName: "name"))
    var grant: String

    @Option(help: ArgumentHelp("What it may do.", valueName: "scopes"))
    var scopes = "build,read"

    @Option(help: ArgumentHelp("How long it counts (default: for ever).", valueName: "30d|12h|45m"))
    var expires: String?

    func validate() throws {
        guard Principal.isGrant(grant) else {
            throw ValidationError("--grant takes 1 to 128 letters, digits and -_.:@/")
        }
        _ = try parsedScopes()
        _ = try expiry(from: Date())
    }

    func run() async throws {
        let (scopes, expiresAt) = (try parsedScopes(), try expiry(from: Date()))
        let made: (token: Token, secret: String) = try await home.run { folder in
            try await TokenStore(home: folder).create(
                grant: grant, scopes: scopes, expiresAt: expiresAt, by: home.subject)
        }
        writeFully(Array((made.secret + "\n").utf8), to: STDOUT_FILENO)
        let expiry = made.token.expiresAt.map { " until \($0.formatted(Date.ISO8601FormatStyle()))" } ?? ""
        let note = "buildbox: token \(made.token.id) of the grant \(grant)\(expiry); it cannot be shown again\n"
        FileHandle.standardError.write(Data(note.utf8))
    }

    private func parsedScopes() throws -> Set<Scope> {
        let words = scopes.split(separator: ",").map(String.init)
        let parsed = words.compactMap(Scope.init(rawValue:))
        guard !parsed.isEmpty, parsed.count == words.count else {
            throw ValidationError("--scopes takes some of \(Scope.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return Set(parsed)
    }

    private func expiry(from now: Date) throws -> Date? {
        guard let expires else { return nil }
        guard let seconds = longSpan(expires) else {
            throw ValidationError("--expires takes a number of days, hours or minutes, such as 30d")
        }
        return now.addingTimeInterval(Double(seconds))
    }
}
