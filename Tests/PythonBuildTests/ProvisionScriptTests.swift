import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import PythonBuild

/// What provision.py guards by itself, where there is a network: `provision_check.py` calls its parts.
@Suite struct ProvisionScriptTests {
    /// Metadata may say anything. Only what both grammars take for a requirement by name is written for the installer.
    @Test func whatTheScriptWritesPassesTheGrammar() throws {
        let names = [
            "a", "A_b>=1 ; python_version<\"4\"", "a[b,C]>1", "a (>=1,<2)", "a ; extra == \"x\"", "a~=1.0.post1",
        ]
        let hostile = [
            "a @ file:///x", "a @ https://example.invalid/a.whl", "./a", "/a", "a/b", "a.whl", "a.tar.gz", "--no-index",
            "-r b", "a\n-r b", "a\r-r b", "a --hash=sha256:00", "a==1 \\", "${A}", "a#b", "a;os_name==\"\\\"", "a\u{0}",
            "ä", "", String(repeating: "a", count: 1025),
        ]
        let written = try Self.grammar(names + hostile)
        #expect(written.prefix(names.count).allSatisfy { $0 != nil }, "the positive control: \(written)")
        for line in written.compactMap(\.self) { #expect(try Requirement(line).text == line) }
        for (text, line) in zip(hostile, written.dropFirst(names.count)) {
            #expect(line == nil, "\(text.debugDescription)")
            #expect(throws: Requirement.Refusal.self) { try Requirement(text) }
        }
    }

    @Test func noHookRunsWithTheStandInForTheInterpreter() throws {
        let folder = try TemporaryFolder()
        let output = try Self.check(["stand-in"], folder: folder.path)
        let ran = try #require(JSONSerialization.jsonObject(with: output) as? [String: Any])
        #expect(ran["interpreter"] as? Bool == true, "the positive control: the installer can build")
        #expect(ran["stand_in"] as? Bool == false)
        #expect(ran["known"] as? Int == 0, "what the installer has to know of the interpreter it knows")
    }

    private static func grammar(_ texts: [String]) throws -> [String?] {
        let folder = try TemporaryFolder()
        let output = try check(["grammar"], folder: folder.path, input: try JSONEncoder().encode(texts))
        return try JSONDecoder().decode([String?].self, from: output)
    }

    private static func check(_ words: [String], folder: FilePath, input: Data = Data()) throws -> Data {
        let program = folder.appending("provision.py")
        try Data(ContainedScript.provision.bytes).write(to: URL(filePath: program.string))
        let process = Process()
        let (standardInput, output) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments =
            ["-B", Fixture.repository.appending("Tests/PythonBuildTests/provision_check.py").string] + words
            + [program.string, try ContainedRun.toolchain().string, folder.string]
        process.standardInput = standardInput
        process.standardOutput = output
        try process.run()
        try standardInput.fileHandleForWriting.write(contentsOf: input)
        try standardInput.fileHandleForWriting.close()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return bytes
    }
}
