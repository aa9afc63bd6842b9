import Foundation
import Synchronization
import SystemPackage
import TestSupport

@testable import PythonBuild

/// archive_judge.py, one process for all rounds: starting Python anew costs more than a round.
final class ArchiveJudge: Sendable {
    static let shared = Result { try ArchiveJudge() }

    /// Good archives and texts by kind, for the generator to change.
    let seeds: [String: [[UInt8]]]
    private let requests: FileHandle
    private let answers: FileHandle
    private let scratch: TemporaryFolder
    private let process = Mutex<Process?>(nil)

    private struct Answer: Decodable {
        var accepted: Bool?
        var finding: String?
    }

    private init() throws {
        scratch = try TemporaryFolder()
        let here = FilePath(#filePath).removingLastComponent()
        guard let toolchain = ProcessInfo.processInfo.environment["BUILDBOX_TOOLCHAIN"] else {
            throw FuzzFinding("BUILDBOX_TOOLCHAIN is not set: start this through scripts/test or scripts/fuzz")
        }
        let modules = scratch.path.appending("modules")
        try FileManager.default.createDirectory(atPath: modules.string, withIntermediateDirectories: false)
        for (script, folder) in [
            (ContainedScript.verify, scratch.path), (.inspect, scratch.path), (.stage, scratch.path),
            (.archives, modules), (.coremetadata, modules), (.sdistreader, modules), (.zipreader, modules),
        ] {
            try Data(script.bytes).write(to: URL(filePath: folder.appending("\(script).py").string))
        }
        let process = Process()
        let input = Pipe()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = [
            "-I", "-S", here.appending("archive_judge.py").string,
            here.removingLastComponent().appending("Projects").string, toolchain, scratch.path.string,
            scratch.path.string,
        ]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        self.process.withLock { $0 = process }
        requests = input.fileHandleForWriting
        answers = output.fileHandleForReading
        let made = try JSONDecoder().decode([String: [String]].self, from: Self.line(answers))
        seeds = made.mapValues { $0.map(Self.bytes) }
    }

    /// True when the archive was accepted.
    func judge(_ kind: UInt8, _ bytes: some Swift.Collection<UInt8>) throws -> Bool {
        let length = (0..<4).map { UInt8(truncatingIfNeeded: bytes.count >> (8 * $0)) }
        let line = try process.withLock { _ in
            try requests.write(contentsOf: Data(length + [kind] + Array(bytes)))
            return try Self.line(answers)
        }
        let answer = try JSONDecoder().decode(Answer.self, from: line)
        if let finding = answer.finding { throw FuzzFinding(finding) }
        return answer.accepted ?? false
    }

    private static func line(_ handle: FileHandle) throws -> Data {
        var line = Data()
        while line.last != UInt8(ascii: "\n") {
            let more = handle.availableData
            guard !more.isEmpty else { throw FuzzFinding("the judge died, after \(line.count) bytes of its answer") }
            line += more
        }
        return line
    }

    private static func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = Array(hexadecimal.utf8)
        return stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
        }
    }
}
