import ArgumentParser
import Foundation
import Sandbox
import SandboxProtocol
import SystemPackage

/// `buildbox launch-order`: the launcher's order for a command, as bytes, so that scripts/bench
/// can time the launcher alone. Not for everyday use.
struct LaunchOrderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "launch-order", abstract: "Write the launch order of a command to stdout.", shouldDisplay: false)

    @Argument(parsing: .postTerminator, help: "The command and its arguments.")
    var command: [String] = []

    func run() throws {
        guard !command.isEmpty else { throw ValidationError("name a command behind --") }
        let installation = Installation(environment: ProcessInfo.processInfo.environment)
        let sandbox = try installation.sandbox()
        let request = SandboxRequest(
            arguments: command, environment: ["PATH": "/usr/bin:/bin"],
            profile: try installation.profiles.profile("build"),
            allowMissing: geteuid() == 0 ? [] : .cgroupLimits)
        FileHandle.standardOutput.write(Data(Frame.encode(LaunchMessage.order(try sandbox.makeOrder(request)))))
    }
}
