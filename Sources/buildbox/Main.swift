import ArgumentParser
import Foundation
import Logging
import PythonBuild

@main
enum Main {
    static func main() async {
        let level = ProcessInfo.processInfo.environment["BUILDBOX_LOG"].flatMap(Logger.Level.init(rawValue:))
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level ?? .warning
            return handler
        }
        do {
            var command = try Buildbox.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            // ArgumentParser's own code for a usage fault is 64; ours is that of python -m build.
            guard Buildbox.exitCode(for: error) == .validationFailure else { Buildbox.exit(withError: error) }
            FileHandle.standardError.write(Data((Buildbox.fullMessage(for: error) + "\n").utf8))
            Foundation.exit(ExitStatus.usage.rawValue)
        }
    }
}
