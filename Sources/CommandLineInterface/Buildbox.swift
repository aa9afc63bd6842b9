import ArgumentParser
import Logging

/// The command line. Each subcommand is a file of its own. All of them say their names: finding out what a type is called
/// takes longer than reading the words of a call.
struct Buildbox: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "buildbox",
        abstract: "Build any Python project, however hostile, and let nothing out.",
        discussion: """
            EXAMPLES
              buildbox run ./proj                 wheel and sdist of ./proj into ./proj/dist
              buildbox run -w -o out six-1.17.0.tar.gz
              buildbox run --json --timeout 60s --memory 1GiB ./proj
              buildbox shell ./proj               a look around in what its build would see
              buildbox exec -- python3 -V         any command, contained like a build
              buildbox submit -f ./proj           as run, by a server (BUILDBOX_URL)
              buildbox env ls                     the environments that builds share
              buildbox doctor                     what holds here, what does not, what to do
              buildbox serve                      build jobs over HTTP
            """,
        version: "0.1.0",
        subcommands: [
            Run.self, Exec.self, Shell.self, Doctor.self, Profile.self, EnvCommand.self, PolicyCommand.self, Serve.self,
            MCP.self,
            TokenCommand.self, Audit.self, Submit.self, Ps.self, Logs.self, Get.self, Cancel.self, Retry.self,
            Show.self, Delete.self, Approvals.self, Approve.self, Deny.self, LaunchOrderCommand.self,
            LaunchBenchCommand.self,
        ]
    )
}
