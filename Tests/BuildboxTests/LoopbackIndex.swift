import Foundation
import SystemPackage

/// `loopback_index.py`, or another index, while it serves.
final class LoopbackIndex {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private let addresses: [String: String]

    init(_ folder: FilePath, _ program: String = "loopback_index.py") throws {
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = [
            EndToEnd.repository.appending("Tests/BuildboxTests/\(program)").string, folder.string,
        ]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        // One line, which comes when it serves; or nothing, when it cannot.
        let line = output.fileHandleForReading.availableData
        addresses = try JSONDecoder().decode([String: String].self, from: line)
    }

    /// The index, `other` (a service that nobody configured) or `stalled` (one that never goes on).
    subscript(_ name: String) -> String { addresses[name] ?? "" }

    /// Ends it.
    ///
    /// - Returns: What it says last.
    @discardableResult
    func stop() -> Data {
        try? input.fileHandleForWriting.close()
        let last = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return last
    }
}
