import ArgumentParser
import Foundation
import PythonBuild
import Sandbox
import SandboxProtocol

/// `buildbox launch-bench`: what a caller pays for a contained command that does nothing, against what it
/// pays for another program that contains it, for scripts/bench. Not for everyday use.
struct LaunchBenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "launch-bench", abstract: "Time launches of /bin/true against another program, in turn.",
        shouldDisplay: false)

    @Option(help: "Launches of each side.")
    var rounds = 100

    @Option(help: "Milliseconds before each launch, of either side.")
    var pause = 0

    @Argument(parsing: .postTerminator, help: "The other program and its arguments.")
    var peer: [String] = []

    /// Milliseconds of each launch.
    struct Times: Encodable {
        var buildbox: [Double] = []
        var peer: [Double] = []
    }

    func run() async throws {
        guard !peer.isEmpty, rounds > 0 else { throw ValidationError("name a program behind --") }
        let installation = Installation(environment: ProcessInfo.processInfo.environment)
        let sandbox = try installation.sandbox(keepsReady: true)
        let request = SandboxRequest(
            arguments: ["/bin/true"], environment: ["PATH": "/usr/bin:/bin"],
            profile: try installation.profiles.profile("build"),
            allowMissing: geteuid() == 0 ? [] : .cgroupLimits)
        var times = Times()
        // The first few fill caches.
        for round in -5..<rounds {
            let (own, other) = (try await time(sandbox, request), try await timePeer())
            guard round >= 0 else { continue }
            times.buildbox.append(own)
            times.peer.append(other)
        }
        FileHandle.standardOutput.write(try DocumentEncoder().encode(times))
    }

    /// From handing the request over to the outcome, with every process dead.
    private func time(_ sandbox: Sandbox, _ request: SandboxRequest) async throws -> Double {
        try await Task.sleep(for: .milliseconds(pause))
        let began = ContinuousClock.now
        let outcome = try await sandbox.run(request) { _, _ in }
        let took = ContinuousClock.now - began
        guard outcome.verdict.succeeded else { throw ValidationError("/bin/true: \(outcome.verdict)") }
        return took / .milliseconds(1)
    }

    /// From posix_spawn(3) to the reaped exit.
    private func timePeer() async throws -> Double {
        try await Task.sleep(for: .milliseconds(pause))
        var arguments = peer.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        let began = ContinuousClock.now
        var child: pid_t = 0
        let code = posix_spawn(&child, peer[0], nil, nil, &arguments, environ)
        guard code == 0 else {
            throw ValidationError("\(peer[0]) cannot be started: \(String(cString: strerror(code)))")
        }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        let took = ContinuousClock.now - began
        guard status == 0 else { throw ValidationError("\(peer[0]) ended with the status \(status)") }
        return took / .milliseconds(1)
    }
}
