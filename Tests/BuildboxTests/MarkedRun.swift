import Foundation
import SystemPackage

/// A run whose processes can be told from all others on the host.
struct MarkedRun {
    let running: Running
    let mark: String

    init(_ test: EndToEnd, _ arguments: [String]) throws {
        mark = UUID().uuidString
        running = try test.start(["run", "-e", "BUILDBOX_TEST_MARK=\(mark)"] + arguments)
    }

    func leftovers() throws -> Leftovers { try Leftovers.of(run: running.pid, mark: mark) }
}
