import ArgumentParser
import BuildClient
import Foundation
import PythonBuild
import SourceText
import SystemPackage

/// Which server, and as whom.
struct ServerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The server: http://HOST:PORT, https://HOST:PORT or unix:/PATH (default: BUILDBOX_URL, or \(ServerAddress.standard)).",
            valueName: "url"))
    var server: String?

    @Option(help: ArgumentHelp("A file with your token (default: BUILDBOX_TOKEN).", valueName: "file"))
    var tokenFile: String?

    @Option(
        help: ArgumentHelp("Trust the authorities of this PEM file in place of the system's.", valueName: "file"))
    var caCertificate: String?

    @Option(
        help: ArgumentHelp(
            "How long to go on when the server cannot be reached (default: 60s; at the first contact not at all).",
            valueName: "time"))
    var patience: TimeSpan?

    /// Runs a command of the client's with a connection that `renderer` tells the troubles of, and ends this process's
    /// command with the code that `body` gives.
    func withClient(
        _ renderer: RunRenderer, _ body: (BuildClient) async throws(ClientError) -> Int32
    ) async throws -> Never {
        let code: Int32
        do throws(ClientError) {
            let client = try client(renderer)
            let result = await outcome { () async throws(ClientError) in try await body(client) }
            await client.shutdown()
            code = try result.get()
        } catch {
            renderer.complain(error.message)
            code = error.exitStatus.rawValue
        }
        throw ExitCode(code)
    }

    private func client(_ renderer: RunRenderer) throws(ClientError) -> BuildClient {
        let environment = ProcessInfo.processInfo.environment
        let given = environment["BUILDBOX_URL"].flatMap { $0.isEmpty ? nil : $0 }
        let address = try ServerAddress(server ?? given ?? ServerAddress.standard)
        let token = try token(environment)
        if token != nil, !address.isEncrypted, !address.isLocal {
            renderer.complain("\(address) is not encrypted: whoever is between here and there can read your token")
        }
        var policy = RetryPolicy()
        if let patience {
            policy.patience = patience.duration
            policy.firstPatience = patience.duration
        }
        return try BuildClient(
            server: address, token: token, certificates: caCertificate.map(absolute), policy: policy
        ) { renderer.complain($0) }
    }

    /// Never an argument: those can be read by every user of a host.
    private func token(_ environment: [String: String]) throws(ClientError) -> String? {
        let text: String
        if let tokenFile {
            do {
                text = try String(contentsOfFile: absolute(tokenFile).string, encoding: .utf8)
            } catch {
                throw ClientError(.unreadable, "--token-file: cannot read \(tokenFile): \(error.localizedDescription)")
            }
        } else if let given = environment["BUILDBOX_TOKEN"], !given.isEmpty {
            text = given
        } else {
            return nil
        }
        let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
        // RFC 6750, section 2.1; anything else could end the header that it goes into.
        guard !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw ClientError(.unreadable, "\(tokenFile ?? "BUILDBOX_TOKEN") holds no token: one line of visible ASCII")
        }
        return token
    }
}
