import Foundation
import SystemPackage
import Testing

@Suite struct ProfileCommandTests {
    private let test: EndToEnd

    init() throws {
        test = try EndToEnd()
    }

    private static let examples = EndToEnd.repository.appending("Tests/Profiles")

    @Test func checkTellsFaultsByLineAndGoodFilesByWhatTheyAllow() throws {
        defer { try? test.cleanUp() }
        let good = Self.examples.appending("good/small.json").string
        let broken = Self.examples.appending("form/operator.json").string
        let fine = try test.buildbox(["profile", "check", good])
        #expect(fine.code == 0)
        #expect(fine.stdout.hasPrefix("\(good): good: 2 system calls allowed, 1 decided by argument"))
        let both = try test.buildbox(["profile", "check", good, broken])
        #expect(both.code == 2)
        #expect(both.stdout.contains("\(good): good: "))
        #expect(both.stdout.contains("\(broken):10:41: expected one of \"SCMP_CMP_NE\""))
    }

    @Test func checkAsADocumentHasEveryFault() throws {
        defer { try? test.cleanUp() }
        let outcome = try test.buildbox([
            "profile", "check", "--json", Self.examples.appending("form/many-faults.json").string,
        ])
        #expect(outcome.code == 2)
        let reports = try #require(
            try JSONSerialization.jsonObject(with: Data(outcome.stdout.utf8)) as? [[String: Any]])
        let faults = try #require(reports.first?["faults"] as? [[String: Any]])
        #expect(faults.compactMap { $0["line"] as? Int } == [8, 17, 18, 18])
        #expect(reports.first?["good"] as? Bool == false)
    }

    @Test func aProfileOfTheOperatorIsListedShownAndUsed() throws {
        defer { try? test.cleanUp() }
        let folder = test.folder.appending("profiles")
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: false)
        let strict = EndToEnd.repository.appending("sandbox-profiles/strict.json").string
        let text = try String(contentsOf: URL(filePath: strict), encoding: .utf8)
            .replacing("\"name\": \"strict\"", with: "\"name\": \"mine\"")
        let file = folder.appending("mine.json")
        try Data(text.utf8).write(to: URL(filePath: file.string))
        let environment = ["BUILDBOX_PROFILES": folder.string]
        let list = try test.buildbox(["profile", "list"], environment: environment)
        #expect(list.stdout.contains("mine       \(file)\n"))
        #expect(list.stdout.contains("build"))
        let show = try test.buildbox(["profile", "show", "--json", "mine"], environment: environment)
        let shown = try show.document()
        #expect(shown["name"] as? String == "mine")
        #expect((shown["limits"] as? [String: Any])?["memory"] as? String == "1GiB")
        let project = try test.project("hello-intree").string
        let run = try test.buildbox(["run", "-w", "--json", "--profile", "mine", project], environment: environment)
        #expect(run.code == 0, "\(run.stderr)")
        #expect((try run.document()["sandbox"] as? [String: Any])?["profile"] as? String == "mine")
    }

    @Test func aWrongNameIsToldTheKnownOnes() throws {
        defer { try? test.cleanUp() }
        let show = try test.buildbox(["profile", "show", "strickt"])
        #expect(show.code == 2)
        #expect(show.stderr.contains("did you mean strict? Known are build, inspect, provision, strict"))
        let run = try test.buildbox(["run", "--profile", "strickt", try test.project("hello-intree").string])
        #expect(run.code == 2)
        #expect(run.stderr.contains("did you mean strict?"))
    }

    @Test(arguments: ["hello", "hello-intree", "dynamic"])
    func pureProjectsBuildUnderStrict(_ name: String) throws {
        defer { try? test.cleanUp() }
        let outcome = try test.buildbox(["run", "--profile", "strict", try test.project(name).string])
        #expect(outcome.code == 0, "\(outcome.stderr)")
    }

    @Test func aProjectThatCallsACompilerFailsUnderStrictAlone() throws {
        defer { try? test.cleanUp() }
        let project = try test.project("hello-intree")
        let backend = project.appending("backend/plain_backend.py")
        let text = try String(contentsOf: URL(filePath: backend.string), encoding: .utf8)
        let call = "\nimport subprocess\nsubprocess.run(['gcc', '--version'], check=True)\n"
        try Data((text + call).utf8).write(to: URL(filePath: backend.string))
        let built = try test.buildbox(["run", "-w", project.string])
        #expect(built.code == 0, "\(built.stderr)")
        let refused = try test.buildbox(["run", "-w", "--profile", "strict", project.string])
        #expect(refused.code == 1, "\(refused.stderr)")
        #expect(refused.stderr.contains("gcc"))
    }

    @Test func aProfilesLimitHoldsUnlessTheCallerSetsAnother() throws {
        defer { try? test.cleanUp() }
        let folder = test.folder.appending("profiles")
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: false)
        let build = EndToEnd.repository.appending("sandbox-profiles/build.json").string
        let text = try String(contentsOf: URL(filePath: build), encoding: .utf8)
            .replacing("\"name\": \"build\"", with: "\"name\": \"terse\"")
            .replacing("\"log\": \"16MiB\"", with: "\"log\": \"16\"")
        try Data(text.utf8).write(to: URL(filePath: folder.appending("terse.json").string))
        let project = try test.project("hello-intree").string
        let arguments = ["run", "-w", "--profile", folder.appending("terse.json").string]
        let stopped = try test.buildbox(arguments + [project])
        #expect(stopped.code == 3, "\(stopped.stderr)")
        #expect(try test.buildbox(arguments + ["--log-limit", "1MiB", project]).code == 0)
    }
}
