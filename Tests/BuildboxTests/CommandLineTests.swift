import Foundation
import PythonBuild
import Testing

/// The executable that the same build leaves beside the tests, where no build is begun.
@Suite struct CommandLineTests {
    @Test(arguments: [[], ["-C", "a=1"], ["-Ca=1"], ["-C--build-option=-j4"], ["-Ca"], ["-C", "-Ca=1"]])
    func settingsAreTakenAsPythonBuildTakesThem(_ settings: [String]) throws {
        // The path is looked for when all options are understood, and before anything starts.
        let (code, errors) = try run(["run"] + settings + ["--ro", "/nonexistent"])
        #expect(code == ExitStatus.usage.rawValue)
        #expect(errors.contains("--ro: there is no /nonexistent"), "\(errors)")
    }

    @Test(arguments: [["run", "--nope"], ["nope"], ["run", "-q", "-v"]])
    func aFaultOfUsageEndsWithTwo(_ arguments: [String]) throws {
        #expect(try run(arguments).code == ExitStatus.usage.rawValue)
    }

    @Test(arguments: [["--help"], ["--version"], ["run", "--help"]])
    func whatWasAskedForIsNoFault(_ arguments: [String]) throws {
        let (code, errors) = try run(arguments)
        #expect(code == ExitStatus.built.rawValue)
        #expect(errors.isEmpty)
    }

    private func run(_ arguments: [String]) throws -> (code: Int32, errors: String) {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let process = Process()
        let errors = Pipe()
        process.executableURL = URL(filePath: tests).deletingLastPathComponent().appending(path: "buildbox")
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        try process.run()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }
}
