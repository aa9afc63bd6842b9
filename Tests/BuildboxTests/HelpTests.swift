import ArgumentParser
import Foundation
import SystemPackage
import Testing

@testable import buildbox

/// The help texts are files in Snapshots. After a wanted change write them anew:
/// `BUILDBOX_RECORD=1 swift test --filter HelpTests`, and read the difference.
@Suite struct HelpTests {
    @Test func theHelpOfBuildboxIsAsItWas() throws {
        try check(Buildbox.helpMessage(columns: 100), against: "help.txt")
    }

    @Test func theHelpOfRunIsAsItWas() throws {
        try check(Buildbox.helpMessage(for: Run.self, columns: 100), against: "help-run.txt")
    }

    @Test func theHelpOfDoctorIsAsItWas() throws {
        try check(Buildbox.helpMessage(for: Doctor.self, columns: 100), against: "help-doctor.txt")
    }

    @Test(arguments: [
        "--sdist", "--wheel", "--outdir", "--no-isolation", "--skip-dependency-check", "--config-setting",
        "--config-json",
    ])
    func whatPythonBuildHasIsSpelledTheSame(_ option: String) {
        #expect(Buildbox.helpMessage(for: Run.self, columns: 100).contains(option))
    }

    private func check(_ help: String, against name: String) throws {
        let file = URL(filePath: FilePath(#filePath).removingLastComponent().appending("Snapshots/\(name)").string)
        if ProcessInfo.processInfo.environment["BUILDBOX_RECORD"] == "1" {
            try Data(help.utf8).write(to: file)
        }
        let snapshot = try String(contentsOf: file, encoding: .utf8)
        #expect(help == snapshot, "Snapshots/\(name) differs")
    }
}
