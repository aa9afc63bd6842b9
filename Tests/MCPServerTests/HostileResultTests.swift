import BuildAPI
import BuildService
import Foundation
import PythonBuild
import SourceText
import TestSupport
import Testing

@testable import MCPServer

/// Text of a project's in what a model reads: bounded, visible, and marked as the project's.
@Suite("Hostile text in results")
struct HostileResultTests {
    private static let id = "01JD3Y6QG8Z4V5W7X9A2B4C6D8"

    private func job(_ message: String) -> JobDocument {
        var job = JobDocument(
            id: Self.id, grant: "local", state: .failed, createdAt: Date(), source: SourceDocument(folder: "/p"),
            request: BuildDocument())
        job.result = BuildResult(
            id: Self.id, status: .failed, reason: BuildResult.Reason(code: "project_invalid", message: message),
            exitCode: 1,
            sandbox: BuildResult.SandboxReport(profile: "build", layers: [], missing: [], staging: nil))
        return job
    }

    @Test("a report marks each line of a message and of a log", arguments: [HostileText.short, HostileText.long])
    func report(_ text: String) throws {
        var report = BuildReport(job: job(text))
        report.logTail = ModelText.lastLines(Array(text.utf8), most: 30, isWhole: true)
        let output = report.output
        #expect(HostileText.faults(in: output.text, most: 24_000).isEmpty)
        let lines = output.text.split(separator: "\n")
        let told = lines.filter { $0.contains(HostileText.claim) }
        #expect(!told.isEmpty)
        #expect(told.allSatisfy { $0.hasPrefix(ForeignText.mark) })
        #expect(lines.filter { $0.contains(ForeignText.notice) }.count == 2)
        let message = try #require(output.structured["reason"]?.object?["message"]?.string)
        #expect(HostileText.faults(in: message, most: 4200).isEmpty)
        #expect(message.hasPrefix(ForeignText.mark))
        for revision in Revision.allCases {
            let reply = output.reply(in: revision).result(in: revision, server: .null)
            #expect(HostileText.faults(in: reply.text, most: 100_000).isEmpty)
        }
        // The control.
        #expect(!HostileText.faults(in: "Build ended as failed: \(text)", most: 24_000).isEmpty)
    }

    @Test("a task's message is one line", arguments: [HostileText.short, HostileText.long])
    func task(_ text: String) throws {
        let fields = TaskView(job: job(text), life: 1).fields(in: .allCases[0])
        let message = try #require(fields["statusMessage"]?.string)
        #expect(HostileText.faults(in: message, most: 500).isEmpty)
        #expect(!message.contains("\n") && message.contains(ForeignText.notice))
    }

    @Test("a rejected call's message is bounded", arguments: [HostileText.short, HostileText.long])
    func rejected(_ text: String) {
        let output = ToolOutput(rejected: ServiceFault(.invalidRequest, text))
        #expect(HostileText.faults(in: output.text, most: 4200).isEmpty)
    }

    @Test("a progress line is one line and says who printed it", arguments: [HostileText.short, HostileText.long])
    func progress(_ text: String) {
        var progress = BuildProgress()
        #expect(progress.message == "waiting for its turn")
        for line in [text, "\u{1b}[2K" + text.replacing("\n", with: " ").replacing("\r", with: " ")] {
            progress.show(Array(line.utf8))
            #expect(HostileText.faults(in: progress.message, most: 400).isEmpty)
            #expect(progress.message.contains("the project's code printed (\(ForeignText.notice)): "))
            #expect(!progress.message.contains("\n"))
        }
    }
}
