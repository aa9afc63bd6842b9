import ArgumentParser
import BuildService
import Foundation
import Policy
import SystemPackage

/// `buildbox policy cost`: what a decision costs, for scripts/bench.
struct PolicyCostCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cost", abstract: "Time decisions of a policy with many grants (JSON).", shouldDisplay: false)

    @Option(help: ArgumentHelp("The policy; its limits let each grant have a call.", valueName: "file"))
    var policy: String

    @Option(help: "Grants, with counters that are nearly full.")
    var grants = 10_000

    @Option(help: "Calls that are timed.")
    var calls = 5000

    struct Figures: Encodable {
        var grants: Int
        var calls: Int
        var medianUs: Double
        var p99Us: Double
    }

    func validate() throws {
        guard grants >= 1, (1...grants).contains(calls) else { throw ValidationError("--calls is 1 to --grants") }
    }

    func run() async throws {
        let folder = FilePath(NSTemporaryDirectory()).appending("buildbox-policy-cost-\(UUID().uuidString)")
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: false)
        defer { _ = Result { try FileManager.default.removeItem(atPath: folder.string) } }
        let times = try await PolicyCost.measure(
            try Policy(contentsOf: FilePath(policy)), grants: grants, calls: calls, in: folder
        ).sorted()
        let figures = Figures(
            grants: grants, calls: calls, medianUs: Double(times[calls / 2]) / 1000,
            p99Us: Double(times[(calls * 99 - 1) / 100]) / 1000)
        writeFully(Array(try documentText(figures).utf8), to: STDOUT_FILENO)
    }
}
