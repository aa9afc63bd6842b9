import ArgumentParser
import BuildAPI
import BuildService
import Foundation
import PythonBuild
import SystemPackage

/// Whose home a command acts on.
struct HomeOption: ParsableArguments {
    @Option(help: ArgumentHelp("The service's home (default: $BUILDBOX_HOME).", valueName: "dir"))
    var home: String?

    var folder: FilePath {
        home.map { absolute($0) } ?? Installation(environment: ProcessInfo.processInfo.environment).home
    }

    /// Who does it, for the audit log.
    var subject: String { "user:\(NSUserName())" }

    /// Runs `body`; what the service refuses ends the command, with what it says.
    func run<Value>(_ body: (FilePath) async throws -> Value) async throws -> Value {
        do {
            return try await body(folder)
        } catch let fault as ServiceFault {
            FileHandle.standardError.write(Data("buildbox: \(fault.message)\n".utf8))
            throw ExitCode((fault.code == .notFound ? ExitStatus.usage : .internalFault).rawValue)
        }
    }
}
