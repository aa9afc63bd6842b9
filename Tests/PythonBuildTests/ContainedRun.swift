import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import PythonBuild

/// Runs an embedded script as buildbox does, but for the sandbox: the system's Python, isolated,
/// with descriptor 3 to report on.
struct ContainedRun {
    let folder: TemporaryFolder
    /// What the script wrote to descriptor 3; empty where it wrote nothing.
    let report: [String: Any]
    /// The file with what it wrote to stdout.
    var stdout: FilePath { folder.path.appending("stdout") }

    /// `prepare` is Python that runs first in a folder of its own, which `{folder}` stands for in the arguments.
    init(_ script: ContainedScript, _ arguments: [String], prepare: String) throws {
        try self.init(script, prepare: prepare) { folder in
            arguments.map { $0.replacing("{folder}", with: folder.string) }
        }
    }

    /// `arguments` are made once the folder is prepared.
    init(_ script: ContainedScript, prepare: String, arguments: (FilePath) throws -> [String]) throws {
        folder = try TemporaryFolder()
        let inside = folder.path.appending("inside")
        try FileManager.default.createDirectory(atPath: inside.string, withIntermediateDirectories: false)
        let project = Fixture.repository.appending("Tests/Projects/artifacts")
        let modules = folder.path.appending("modules")
        try FileManager.default.createDirectory(atPath: modules.string, withIntermediateDirectories: false)
        for module in [ContainedScript.archives] + ContainedScript.readers {
            try Data(module.bytes).write(to: URL(filePath: modules.appending("\(module).py").string))
        }
        let toolchain = try Self.toolchain()
        let preparation = """
            import os, sys
            sys.path[:0] = ["\(modules)", "\(project)/backend", "\(Fixture.repository)/Tests/Escape"]
            sys.path.append("\(toolchain)/archives")
            folder = "\(inside)"
            os.chdir("\(project)")
            \(prepare)
            """
        try Self.python(["-B", "-I", "-c", preparation], report: "/dev/null")
        let file = folder.path.appending("script.py")
        try Data(script.bytes).write(to: URL(filePath: file.string))
        // The sandbox shows the frontend's packages as /frontend, and modules of buildbox's own in places that are
        // named. Here they are appended to the path.
        let run = """
            import runpy, sys
            sys.path += ["\(toolchain)/frontend", "\(toolchain)/archives", "\(modules)"]
            del sys.argv[0]
            runpy.run_path(sys.argv[0], None, '__main__')
            """
        let output = folder.path.appending("report")
        let words = try arguments(inside)
        try Self.python(
            ["-I", "-S", "-c", run, file.string] + words, report: output.string,
            stdout: folder.path.appending("stdout").string)
        guard Fixture.size(output) > 0 else {
            report = [:]
            return
        }
        let object = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: output.string)))
        report = try #require(object as? [String: Any])
    }

    static func python(_ arguments: [String], report: String, stdout: String = "/dev/null") throws {
        let process = Process()
        let errors = Pipe()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments =
            ["-c", #"exec 3>"$0" >"$1"; shift; exec /usr/bin/python3 "$@""#, report, stdout] + arguments
        process.standardInput = FileHandle.nullDevice
        process.standardError = errors
        try process.run()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(text)")
    }

    /// The toolchain that scripts/test installs.
    static func toolchain() throws -> FilePath {
        let environment = ProcessInfo.processInfo.environment
        if let named = environment["BUILDBOX_TOOLCHAIN"] { return FilePath(named) }
        let home =
            environment["BUILDBOX_HOME"].map { FilePath($0) }
            ?? FilePath(NSHomeDirectory()).appending(".cache/buildbox")
        let toolchains = home.appending("toolchain")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: toolchains.string)) ?? []
        let found = names.map { toolchains.appending($0) }.first { Fixture.exists($0.appending("archives")) }
        return try #require(found, "no toolchain in \(toolchains): run scripts/test, which installs it")
    }
}
