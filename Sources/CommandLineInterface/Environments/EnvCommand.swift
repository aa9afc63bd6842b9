import ArgumentParser
import Foundation
import PythonBuild

/// `buildbox env`: what builds keep for each other.
struct EnvCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "env",
        abstract: "List, show and remove stored build environments.",
        discussion: """
            An environment is made once for an interpreter and a set of exact package versions, never changed, and used \
            by every build that needs the same. So is the wheel of a requirement that has none on the index, which \
            buildbox builds from its source distribution. Whenever something new was stored, what was used least \
            recently goes until the rest fits into $\(StoreLimits.variable) (default: \(StoreLimits.defaultSize)). \
            Nothing that a build uses is ever removed.

            EXAMPLES
              buildbox env ls
              buildbox env show 3f9c
              buildbox env rm 3f9c a71e
              buildbox env gc --older-than 30d --max-size 5GiB
            """,
        subcommands: [EnvList.self, EnvShow.self, EnvRemove.self, EnvCollect.self]
    )
}

/// The store that a command looks at.
func buildStore() -> BuildStore { BuildStore(Installation(environment: ProcessInfo.processInfo.environment).state) }

/// Ends the command with what was refused, and its exit code.
func reporting<Value>(_ body: () throws(BuildFailure) -> Value) throws -> Value {
    do throws(BuildFailure) {
        return try body()
    } catch {
        FileHandle.standardError.write(Data("buildbox: \(error.message)\n".utf8))
        throw ExitCode(error.exitStatus.rawValue)
    }
}
