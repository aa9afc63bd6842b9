import BuildAPI
import Foundation
import PythonBuild
import Testing

@testable import CommandLineInterface

@Suite struct JobTableTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func job(
        _ id: String, _ state: JobState, age: Double, grant: String = "local", name: String = "hello.tar.gz",
        position: Int? = nil, phase: Phase? = nil
    ) -> JobDocument {
        JobDocument(
            id: id, grant: grant, state: state, createdAt: now.addingTimeInterval(-age), queuePosition: position,
            phase: phase, source: SourceDocument(blob: "00", name: name), request: BuildDocument())
    }

    @Test func jobsAreLinesInColumns() {
        let jobs = [
            job("01A", .queued, age: 5, position: 2), job("01B", .running, age: 600, phase: .build),
            job("01C", .failed, age: 300_000, name: "other.zip"),
        ]
        #expect(
            JobTable(jobs: jobs, width: nil, now: now).text == """
                ID   STATE            AGE     SOURCE
                01A  queued (3.)      5 s     hello.tar.gz
                01B  running (build)  10 min  hello.tar.gz
                01C  failed           3 d     other.zip

                """)
    }

    @Test func aColumnOfGrantsIsThereWhereThereIsMoreThanOne() {
        let jobs = [job("01A", .queued, age: 0), job("01B", .queued, age: 0, grant: "other")]
        let text = JobTable(jobs: jobs, width: nil, now: now).text
        #expect(text.hasPrefix("ID   STATE   AGE  GRANT  SOURCE\n"))
        #expect(text.contains("01B  queued  0 s  other  hello.tar.gz\n"))
    }

    @Test func noLineIsWiderThanTheTerminal() {
        let jobs = [job("01A", .queued, age: 0, name: String(repeating: "n", count: 300))]
        let lines = JobTable(jobs: jobs, width: 40, now: now).text.split(separator: "\n")
        #expect(lines.map(\.count).max() == 40)
        #expect(lines.last?.last == "…")
    }

    @Test func aNameChangesNothingOnTheTerminal() {
        let jobs = [job("01A", .queued, age: 0, name: "\u{1b}[31mred\u{1b}]0;title\u{7}\nline\u{202e}")]
        let text = JobTable(jobs: jobs, width: nil, now: now).text
        #expect(text.split(separator: "\n").count == 2)
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x202e })
    }

    @Test func whereThereAreNoneTheHeadingsStandAlone() {
        #expect(JobTable(jobs: [], width: 80, now: now).text == "ID  STATE  AGE  SOURCE\n")
    }

    @Test func aTransferTellsHowFarItIs() {
        #expect(TransferProgress.text(1 << 20, of: nil, in: 2) == "1.0 MiB, 0.5 MiB/s")
        #expect(TransferProgress.text(3 << 19, of: 3 << 20, in: 0) == "1.5 of 3.0 MiB")
    }
}
