import ArgumentParser
import BuildAPI
import BuildService
import Foundation
import PythonBuild

/// `buildbox audit verify`: whether the audit log is whole.
struct AuditVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check that the audit log is whole: nothing changed, left out or cut off.",
        discussion: """
            Every record has the SHA-256 of the one before; the last one's is in the database as well. Whoever can write \
            both can still forge all: keep the head elsewhere, and compare.

            EXAMPLES
              buildbox audit verify
              buildbox audit verify --json | jq -r .head

            EXIT CODES
              0   whole
              1   it is not; the first fault is told
              9   it cannot be read
            """
    )

    @OptionGroup var home: HomeOption

    @Flag(help: "Print one document (JSON).")
    var json = false

    func run() async throws {
        let report = try await home.run { try await AuditLog.verify(home: $0) }
        let text: String
        if json {
            text = String(decoding: try DocumentCoding.encoder().encode(report), as: UTF8.self) + "\n"
        } else if let fault = report.fault {
            text = "line \(fault.line): \(fault.reason)\n\(report.records) records before it hang together\n"
        } else {
            text = "whole: \(report.records) records, head \(report.head ?? "none")\n"
        }
        writeFully(Array(text.utf8), to: STDOUT_FILENO)
        guard report.isWhole else { throw ExitCode(ExitStatus.buildFailed.rawValue) }
    }
}
