import BuildAPI
import Foundation
import PythonBuild
import SourceText

/// Jobs as lines for people: one each, as wide as the terminal at most.
struct JobTable {
    let jobs: [JobDocument]
    /// Columns of the terminal; nil for a pipe, where nothing is cut.
    let width: Int?
    let now: Date

    var text: String {
        let grants = Set(jobs.map(\.grant)).count > 1
        var rows = [["ID", "STATE", "AGE"] + (grants ? ["GRANT"] : []) + ["SOURCE"]]
        for job in jobs {
            rows.append(
                [job.id, state(job), ageText(seconds: now.timeIntervalSince(job.createdAt))]
                    + (grants ? [job.grant] : []) + [source(job)])
        }
        return TextTable(rows: rows.map { $0.map(Self.safe) }, width: width).text
    }

    private func state(_ job: JobDocument) -> String {
        switch job.state {
        case .queued: job.queuePosition.map { "queued (\($0 + 1).)" } ?? "queued"
        case .running: (job.cancelRequested ? "cancelling" : "running") + (job.phase.map { " (\($0.rawValue))" } ?? "")
        default: job.state.rawValue
        }
    }

    private func source(_ job: JobDocument) -> String {
        let name = job.source.folder ?? job.source.name ?? job.source.blob.map { String($0.prefix(12)) } ?? "-"
        return name + (job.source.subdirectory.map { " (\($0))" } ?? "")
    }

    /// Names are what strangers chose.
    static func safe(_ text: String) -> String {
        var terminal = TerminalText()
        let safe = String(decoding: terminal.safe(Array(text.utf8)), as: UTF8.self)
        return safe.replacing("\n", with: "^J").replacing("\t", with: "^I").replacing("\u{1b}", with: "^[")
    }
}
