import Foundation
import SystemPackage

/// A started program whose output is taken without blocking it.
final class Running {
    let process = Process()
    private let stdoutFile: FilePath
    private let errors: FilePath

    init(_ command: [String], environment: [String: String]?, directory: FilePath) throws {
        let name = FilePath(NSTemporaryDirectory()).appending("buildbox-test-\(UUID().uuidString)").string
        stdoutFile = FilePath(name + ".out")
        errors = FilePath(name + ".err")
        for path in [stdoutFile, errors] { try Data().write(to: URL(filePath: path.string)) }
        process.executableURL = URL(filePath: command[0])
        process.arguments = Array(command.dropFirst())
        process.environment = environment
        process.currentDirectoryURL = URL(filePath: directory.string)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: stdoutFile.string)
        process.standardError = FileHandle(forWritingAtPath: errors.string)
        try process.run()
    }

    var pid: Int32 { process.processIdentifier }

    func finish() throws -> EndToEnd.Outcome {
        process.waitUntilExit()
        defer { for path in [stdoutFile, errors] { unlink(path.string) } }
        let code = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
        return EndToEnd.Outcome(code: code, stdout: text(stdoutFile), stderr: text(errors))
    }

    /// What was printed on stdout so far.
    var output: String { text(stdoutFile) }

    /// What was printed on stderr so far.
    var stderr: String { text(errors) }

    private func text(_ path: FilePath) -> String {
        String(decoding: FileManager.default.contents(atPath: path.string) ?? Data(), as: UTF8.self)
    }
}
