import Foundation
import SystemPackage

/// Harmless things on the host for the hostile project to reach, as long as this is open.
final class Targets {
    let settings: [String: String]
    /// A file that a control may open and leave open to the probes.
    let inherited: FilePath
    private let process = Process()
    private let input = Pipe()

    init(_ test: EndToEnd) throws {
        let output = Pipe()
        let folder = test.folder.appending("targets")
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        try EndToEnd.host(["/bin/chmod", "777", folder.string])
        inherited = folder.appending("inherited")
        let script = test.folder.appending("hostile_targets.py").string
        try FileManager.default.copyItem(
            atPath: EndToEnd.projects.appending("hostile_targets.py").string, toPath: script)
        let command = test.asUser(["/usr/bin/python3", script, folder.string])
        process.executableURL = URL(filePath: command[0])
        process.arguments = Array(command.dropFirst())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var line = Data()
        while line.last != UInt8(ascii: "\n") {
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { break }
            line += more
        }
        settings = try JSONDecoder().decode([String: String].self, from: line)
    }

    func close() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}
