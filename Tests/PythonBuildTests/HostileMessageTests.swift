import BuildAPI
import Foundation
import Sandbox
import SystemPackage
import TestSupport
import Testing

@testable import PythonBuild

/// Text that strangers chose, sent in where messages quote it. No message, remark or document lets it speak as buildbox.
@Suite struct HostileMessageTests {
    struct Entry: CustomTestStringConvertible, Sendable {
        let name: String
        let send: @Sendable (String) throws -> Void
        var testDescription: String { name }
    }

    static let entries = [
        Entry(name: "a build requirement") { _ = try BuildRun.checked([$0]) },
        Entry(name: "a line of constraints") { _ = try ConstraintLines.parsed("good==1\n" + $0) },
        Entry(name: "--config-json") { text in
            try check { $0.configSettings = .json(text) }
        },
        Entry(name: "the name of a variable") { text in
            try check { $0.environment = [text: "1"] }
        },
        Entry(name: "--ro") { text in
            try check { $0.readOnlyPaths = [FilePath("/proc/" + text)] }
        },
        Entry(name: "the file of constraints") { text in
            try check { $0.constraints = FilePath("/" + text) }
        },
        Entry(name: "what a script of ours printed") { text in
            let collector = LogCollector()
            collector.take(.stderr, Array(text.utf8))
            throw BuildFailure(.projectInvalid, "the project cannot be read: \(collector.tail)")
        },
        Entry(name: "a fault that inspection found in pyproject.toml") {
            throw BuildFailure(.projectInvalid, "pyproject.toml: \($0)")
        },
        Entry(name: "an artifact that verification rejected") {
            throw BuildFailure(.artifactRejected, "the artifact \"\($0)\" is rejected: \($0)")
        },
        Entry(name: "the sandbox's error") { throw BuildFailure(SandboxError(.setUp, $0)) },
        Entry(name: "the sandbox's error about a mount") { throw BuildFailure(sandbox: SandboxError(.lost, $0)) },
    ]

    @Sendable private static func check(_ set: (inout BuildRequest) -> Void) throws {
        var request = BuildRequest(source: "/project")
        set(&request)
        try RequestCheck.check(request)
    }

    @Test(arguments: entries, [HostileText.short, HostileText.long])
    func aMessageIsBuildboxsOwn(_ entry: Entry, quoting text: String) throws {
        // The control: as it came in, the text would not do.
        #expect(!HostileText.faults(in: "refused: \(text)").isEmpty)
        let failure = try #require(throws: BuildFailure.self) { try entry.send(text) }
        let faults = HostileText.faults(in: failure.message)
        #expect(faults.isEmpty, "\(faults) in \(failure.message.debugDescription)")
        let document = try BuildResult(failure: failure, request: BuildRequest(source: "/project")).document()
        #expect(HostileText.faults(in: document, most: 10_000).isEmpty)
        #expect(document.contains("\"message\""))
    }

    @Test(arguments: [HostileText.short, HostileText.long])
    func aRemarkIsBuildboxsOwn(_ text: String) {
        let journal = BuildJournal { event in
            guard case .note(let remark) = event else { return }
            #expect(HostileText.faults(in: remark).isEmpty)
        }
        journal.note(text)
    }

    /// A result that names what a stranger named, which no message quotes.
    @Test func documentsAreVisible() throws {
        var result = BuildResultTests.full
        result.reason?.message = HostileText.short
        result.artifacts[0].name = HostileText.short
        let texts = [
            try result.document(), String(decoding: try DocumentCoding.encoder().encode(result), as: UTF8.self),
            try JSON.text(result),
        ]
        for text in texts { #expect(HostileText.faults(in: text, most: 100_000).isEmpty) }
        let read = try DocumentCoding.decoder().decode(BuildResult.self, from: Data(texts[1].utf8))
        #expect(read.reason?.message == HostileText.short)
        // The control.
        let plain = String(decoding: try JSONEncoder().encode(result), as: UTF8.self)
        #expect(!HostileText.faults(in: plain, most: 100_000).isEmpty)
    }

    /// An encoder of Foundation's own would write them as they are.
    @Test func noOtherEncoderIsMade() throws {
        let sources = Fixture.repository.appending("Sources")
        let files = try #require(FileManager.default.enumerator(atPath: sources.string))
        var made: [String] = []
        var read = 0
        for case let name as String in files where name.hasSuffix(".swift") {
            let text = try String(contentsOfFile: sources.string + "/" + name, encoding: .utf8)
            read += 1
            if text.contains("JSONEncoder()") || text.contains("JSONSerialization.data") { made.append(name) }
        }
        #expect(made.isEmpty)
        #expect(read > 300)
    }
}
