import ArgumentParser
import Foundation
import Logging
import PythonBuild

/// The whole of the program `buildbox`, which is a module of its own: tests link this one, and are not linked as that is.
public enum Program {
    /// Parses the arguments of the process and runs the command they name; ends the process where that fails.
    public static func main() async {
        signal(SIGPIPE, SIG_IGN)
        if let refusal = threadRefusal() {
            FileHandle.standardError.write(Data("buildbox: \(refusal)\n".utf8))
            Foundation.exit(ExitStatus.noSandbox.rawValue)
        }
        let arguments = separated(Array(CommandLine.arguments.dropFirst()))
        startLogging(isService: arguments.first == "serve")
        do {
            var command = try Buildbox.parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            // ArgumentParser's own code for a usage fault is 64; ours is that of python -m build.
            guard Buildbox.exitCode(for: error) == .validationFailure else { Buildbox.exit(withError: error) }
            FileHandle.standardError.write(Data((Buildbox.fullMessage(for: error) + "\n").utf8))
            let own = ["exec", "shell"].contains(arguments.first) ? ContainedCommand.ownCodes : 0
            Foundation.exit(own + ExitStatus.usage.rawValue)
        }
    }

    /// A service tells what it does, to machines as JSON; other commands tell what goes wrong.
    private static func startLogging(isService: Bool) {
        let named = ProcessInfo.processInfo.environment["BUILDBOX_LOG"].flatMap(Logger.Level.init(rawValue:))
        let level = named ?? (isService ? .info : .warning)
        let isForMachines = isService && isatty(STDERR_FILENO) == 0
        LoggingSystem.bootstrap { label in
            if isForMachines { return JSONLogHandler(label: label, level: level) }
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
    }

    /// `-Ca=1` as `-C a=1`: ArgumentParser takes a joined value with `=` for an option named `Ca`.
    static func separated(_ arguments: [String]) -> [String] {
        let options = arguments.prefix { $0 != "--" }
        return options.flatMap { $0.hasPrefix("-C") && $0.count > 2 ? ["-C", String($0.dropFirst(2))] : [$0] }
            + arguments.dropFirst(options.count)
    }
}
