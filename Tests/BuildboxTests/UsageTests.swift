import ArgumentParser
import PythonBuild
import SystemPackage
import Testing

@testable import CommandLineInterface

@Suite struct UsageTests {
    @Test(
        arguments: [
            ([], ["--nope"], "Unknown option '--nope'"),
            ([], ["a", "b"], "Unexpected argument 'b'"),
            (["-q"], ["-q", "-v"], "-q and -v contradict each other"),
            (["-vv"], ["--quiet", "--verbose"], "-q and -v contradict each other"),
            (["-n", "-x"], ["-x"], "only together with -n/--no-isolation"),
            (["-nx"], ["--skip-dependency-check"], "only together with -n/--no-isolation"),
            (["--config-json", "{}"], ["--config-json", "{}", "-C", "a=1"], "cannot be used together"),
            (["-n"], ["-n", "--dependency-constraints-txt", "c.txt"], "nothing is installed"),
            (["--memory", "1GiB"], ["--memory", "1GiBs"], "'1GiBs' is invalid for '--memory"),
            (["--memory", "16MiB"], ["--memory", "1MiB"], "--memory must be at least 16MiB"),
            (["--disk", "1MiB"], ["--disk", "1"], "--disk must be at least 1MiB"),
            (["--timeout", "60s"], ["--timeout", "forever"], "'forever' is invalid for '--timeout"),
            (["--cpus", "0.01"], ["--cpus", "0"], "--cpus must be between"),
            (["--cpus", "4096"], ["--cpus", "nan"], "--cpus must be between"),
            (["--pids", "8"], ["--pids", "7"], "--pids must be between"),
            (["--pids", "512"], ["--pids", "-1"], "--pids"),
            (
                ["--allow-missing", "cgroup"], ["--allow-missing", "seccomp"],
                "'seccomp' is invalid for '--allow-missing"
            ),
            (["--allow-missing", "cgroup-cpu"], ["--allow-missing", "nonsense"], "'nonsense' is invalid"),
            (["--run-timeout", "10m"], ["--run-timeout", "0"], "'0' is invalid for '--run-timeout"),
            (["-o", "out"], ["-o"], "Missing value for '-o"),
        ] as [([String], [String], String)])
    func aFaultOfUsageIsRefusedWithWhatIsWrong(_ good: [String], bad: [String], message: String) throws {
        _ = try Run.parse(good)
        let error = #expect(throws: (any Error).self) { try Run.parse(bad) }
        let thrown = try #require(error)
        #expect(Run.exitCode(for: thrown) == .validationFailure)
        #expect(Run.message(for: thrown).contains(message), "\(Run.message(for: thrown))")
    }

    @Test func anUnknownCommandIsRefused() throws {
        #expect(try Buildbox.parseAsRoot(["run"]) is Run)
        #expect(throws: (any Error).self) { try Buildbox.parseAsRoot(["build-it"]) }
    }

    @Test(
        arguments: [
            ([], .wheelFromSdist), (["-w"], .each([.wheel])), (["-sw"], .each([.sdist, .wheel])),
            (["--wheel", "--sdist"], .each([.wheel, .sdist])),
        ] as [([String], Distributions)])
    func distributionsKeepTheirOrder(_ arguments: [String], distributions: Distributions) throws {
        #expect(try request(arguments).distributions == distributions)
    }

    @Test(arguments: [
        (["-C", "a=1", "-C", "--build-option=-j4", "--config-setting=b"], ["a=1", "--build-option=-j4", "b"]),
        (["-Cverbose"], ["verbose"]), ([], []),
    ])
    func settingsOfTheBackendKeepTheirOrder(_ arguments: [String], assignments: [String]) throws {
        guard case .assignments(let list) = try request(arguments).configSettings else {
            Issue.record("no assignments")
            return
        }
        #expect(list == assignments)
    }

    @Test func variablesAreGivenOrTakenFromTheCaller() throws {
        let environment = ["MINE": "1", "OTHER": "2"]
        let arguments = ["-e", "MINE", "-e", "A=b=c", "-e", "EMPTY="]
        let values = try VariableOptions.parse(arguments).values(from: environment)
        #expect(values == ["MINE": "1", "A": "b=c", "EMPTY": ""])
        for bad in ["NOT_SET", "", "=x"] {
            #expect(throws: ValidationError.self, "-e \(bad)") {
                try VariableOptions.parse(["-e", bad]).values(from: environment)
            }
        }
    }

    private func request(_ arguments: [String]) throws -> BuildRequest {
        var request = BuildRequest(source: "/project")
        try Run.parse(arguments).build.apply(to: &request)
        return request
    }
}
