import ArgumentParser
import SourceText

/// What only a job has, and a build here does not.
struct SubmitOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Build this folder of the server's host, which its operator has to allow; nothing is uploaded.",
            valueName: "path"))
    var folderOnServer: String?

    @Option(help: ArgumentHelp("-10 to 10, higher first, among your own jobs. (default: 0)", valueName: "number"))
    var priority: Int?

    @Option(help: ArgumentHelp("How long the job may wait for its turn.", valueName: "time"))
    var queueTimeout: TimeSpan?

    @Option(help: ArgumentHelp("How long the whole job may run.", valueName: "time"))
    var runTimeout: TimeSpan?

    @Flag(name: .shortAndLong, help: "Stay: show the output, fetch the artifacts, exit as `buildbox run` would.")
    var follow = false

    @Flag(help: "With --follow: Ctrl-C cancels the job, which goes on otherwise.")
    var cancelOnInterrupt = false

    func validate() throws {
        if let priority, !(-10...10).contains(priority) { throw ValidationError("--priority must be -10 to 10") }
        if cancelOnInterrupt, !follow {
            throw ValidationError("--cancel-on-interrupt has a meaning only together with --follow")
        }
        if let folderOnServer, !folderOnServer.hasPrefix("/") {
            throw ValidationError("--folder-on-server needs an absolute path: the server has another working directory")
        }
    }
}
