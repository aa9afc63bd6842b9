import Foundation
import SystemPackage
import Testing

/// What is remembered of a backend's answers, and what never stands in for what it would answer now.
@Suite struct BackendMemoTests {
    private let test: EndToEnd
    private let project: FilePath

    init() throws {
        test = try EndToEnd()
        project = try test.project("dynamic")
    }

    private func build(_ extra: [String] = []) throws -> EndToEnd.Outcome {
        try test.buildbox(
            ["run", "--json", "-o", test.folder.appending("out").string] + extra + [project.string],
            environment: ["BUILDBOX_HOME": test.folder.appending("home").string, "BUILDBOX_LOG": "debug"])
    }

    private func commands(_ outcome: EndToEnd.Outcome) -> Int {
        outcome.stderr.split(separator: "\n").count { $0.contains("contained command ended") }
    }

    /// From the second time on it is known which steps ask, and of the same sdist what for.
    @Test func aBackendIsNotAskedAgainWhatItAnsweredOfTheSameSdist() throws {
        defer { try? test.cleanUp() }
        var seen: [Int] = []
        for _ in 0..<3 {
            let outcome = try build()
            #expect(outcome.code == 0, "\(outcome.stderr.suffix(2000))")
            seen.append(commands(outcome))
        }
        // The hook of the sdist's step is asked each time, for its folder can change; two build, and one verifies.
        #expect(seen[1...] == [4, 4])
        #expect(seen[0] > 4, "the first time everything was asked")
    }

    private static let backend = """
        import os
        from importlib.util import find_spec

        import plain_backend

        SAID = "tomli"


        def asked(settings):
            shown = os.environ.get("SHOWN", "")
            said = open(shown).read().strip() if shown else os.environ.get("ASKED", SAID)
            return (settings or {}).get("asked", said)


        def get_requires_for_build_wheel(config_settings=None):
            return [asked(config_settings)]


        def build_sdist(sdist_directory, config_settings=None):
            return plain_backend.build_sdist(sdist_directory, config_settings)


        def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
            present = [name for name in ("tomli", "iniconfig") if find_spec(name)]
            if present != [asked(config_settings)]:
                raise SystemExit(f"{present} is importable")
            return plain_backend.build_wheel(wheel_directory, config_settings)

        """

    private func write(_ text: String, to path: FilePath) throws {
        try text.write(toFile: path.string, atomically: true, encoding: .utf8)
        try test.own(path)
    }

    @Test(arguments: ["source", "variable", "setting", "shown file"])
    func aBackendIsAskedAgainWhereItsAnswerCanBeAnother(_ change: String) throws {
        defer { try? test.cleanUp() }
        let file = project.appending("backend/dynamic_backend.py")
        let shown = test.folder.appending("asked.txt")
        try write(Self.backend, to: file)
        try write("tomli\n", to: shown)
        var extra = change == "shown file" ? ["--ro", shown.string, "-e", "SHOWN=\(shown)"] : []
        for _ in 0..<2 { try expectRequirement("tomli", extra) }
        switch change {
        case "source": try write(Self.backend.replacing("SAID = \"tomli\"", with: "SAID = \"iniconfig\""), to: file)
        case "variable": extra = ["-e", "ASKED=iniconfig"]
        case "setting": extra = ["-C", "asked=iniconfig"]
        default: try write("iniconfig\n", to: shown)
        }
        try expectRequirement("iniconfig", extra)
    }

    private func expectRequirement(_ name: String, _ extra: [String]) throws {
        let outcome = try build(extra)
        #expect(outcome.code == 0, "\(outcome.stderr.suffix(2000))")
        let environment = try outcome.document()["environment"] as? [String: Any]
        #expect(environment?["requires"] as? [String] == [name])
    }
}
