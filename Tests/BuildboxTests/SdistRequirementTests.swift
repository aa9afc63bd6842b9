import Foundation
import SystemPackage
import Testing

/// Build requirements without a wheel: each is built by a build of its own, contained like any other, and kept by the
/// digest of its source distribution.
@Suite(.serialized) final class SdistRequirementTests {
    private let test: EndToEnd
    private let index: LoopbackIndex
    private let project: FilePath
    private var home: FilePath { test.folder.appending("home") }

    init() throws {
        test = try EndToEnd()
        index = try LoopbackIndex(test.folder, "sdist_index.py")
        project = try test.project("hello-intree")
    }

    deinit {
        index.stop()
        _ = Result { try test.cleanUp() }
    }

    private func build(_ requirements: String..., options: [String] = []) throws -> EndToEnd.Outcome {
        let file = project.appending("pyproject.toml").string
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let list = requirements.map { "\"\($0)\"" }.joined(separator: ", ")
        try text.replacing(/requires = \[.*\]/, with: "requires = [\(list)]").write(
            toFile: file, atomically: true, encoding: .utf8)
        return try test.buildbox(
            ["run", "-w", "--json"] + options + [project.string],
            environment: [
                "PIP_INDEX_URL": index["index"], "PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": "/dev/null",
                "BUILDBOX_HOME": home.string,
            ])
    }

    private func resolved(_ outcome: EndToEnd.Outcome) throws -> [String: [String: Any]] {
        #expect(outcome.code == 0, "\(outcome.stderr)")
        let environment = try #require(try outcome.document()["environment"] as? [String: Any])
        let packages = try #require(environment["resolved"] as? [[String: Any]])
        return Dictionary(uniqueKeysWithValues: packages.map { ($0["name"] as? String ?? "", $0) })
    }

    private func wheelhouse() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: home.appending("wheelhouse").string)
            .filter { !$0.hasSuffix(".json") }
    }

    @Test func aRequirementWithoutAWheelIsBuiltOnceAndInstalled() throws {
        let first = try build("sdist-only")
        let package = try #require(try resolved(first)["sdist-only"])
        #expect(package["version"] as? String == "1.0")
        let sdist = try Data(contentsOf: URL(filePath: test.folder.appending("sdist_only-1.0.tar.gz").string))
        let digest = try EndToEnd.host(["/usr/bin/sha256sum", test.folder.appending("sdist_only-1.0.tar.gz").string])
        #expect(package["sdist_sha256"] as? String == String(digest.prefix(64)), "of \(sdist.count) bytes")
        #expect(first.stderr.contains("sdist-only 1.0 has no wheel"))
        #expect(try wheelhouse().count == 1)

        // A project that needs it and something else takes the wheel that is there.
        let second = try build("sdist-only", "buildbox-harmless")
        #expect(try resolved(second).keys.sorted() == ["buildbox-harmless", "sdist-only"])
        #expect(!second.stderr.contains("has no wheel"))
        let offline = try build("sdist-only", "buildbox-harmless", options: ["--offline"])
        #expect(try resolved(offline).count == 2)
        let asked = try JSONDecoder().decode([String].self, from: index.stop())
        #expect(asked.filter { $0 == "/files/sdist_only-1.0.tar.gz" }.count == 1)
    }

    /// pip takes the newest version that is allowed, whatever it is made of.
    @Test func theNewestAllowedVersionCountsWheelOrNot() throws {
        #expect(try resolved(try build("sdist-newer"))["sdist-newer"]?["version"] as? String == "2.0")
        let older = try #require(try resolved(try build("sdist-newer<2"))["sdist-newer"])
        #expect(older["version"] as? String == "1.0")
        #expect(older["sdist_sha256"] == nil)
    }

    @Test func requirementsOfRequirementsAreBuiltToo() throws {
        let nested = try resolved(try build("sdist-needs"))
        #expect(nested.keys.sorted() == ["sdist-needs"])
        #expect(try wheelhouse().count == 2, "the one that it is built with is kept as well")
        let packages = try resolved(try build("wheel-needs"))
        #expect(packages.keys.sorted() == ["sdist-newer", "sdist-only", "wheel-needs"])
        #expect(packages["sdist-newer"]?["version"] as? String == "2.0")
    }

    @Test func noNetworkIsInReachOfWhatIsBuilt() throws {
        #expect(try resolved(try build("sdist-looks"))["sdist-looks"] != nil)
    }

    /// Where there is a network nothing is built, not even to know what a release depends on.
    @Test func nothingIsBuiltWhileItIsResolved() throws {
        #expect(try resolved(try build("sdist-marks"))["sdist-marks"] != nil)
        let mark = test.folder.appending("mark").string
        let paths = try #require(FileManager.default.enumerator(atPath: home.string)).compactMap { $0 as? String }
        #expect(!paths.contains { $0.hasSuffix("/mark") })
        #expect(!FileManager.default.fileExists(atPath: mark))
        // The positive control: an installer that may build does so, on the host, and leaves its mark.
        let list = test.folder.appending("requirements.txt").string
        try "sdist-marks\n".write(toFile: list, atomically: true, encoding: .utf8)
        let toolchain = try #require(ProcessInfo.processInfo.environment["BUILDBOX_TOOLCHAIN"])
        try EndToEnd.host([
            "\(toolchain)/bin/uv", "--no-config", "--cache-dir", test.folder.appending("cache").string, "pip",
            "compile",
            "--quiet", "--python", "/usr/bin/python3", "--default-index", index["index"], list,
        ])
        #expect(FileManager.default.fileExists(atPath: mark))
    }

    @Test(
        arguments: [
            ("sdist-lies", "it is sdist-lies 99.0, not sdist-lies 1.0"), ("sdist-fails", "a backend that fails"),
            ("sdist-paths", "is rejected"),
            ("circle-a", "go in a circle: circle-a -> circle-b -> circle-a"),
            ("deep-0", "nested deeper than 5: deep-0 -> deep-1 -> deep-2 -> deep-3 -> deep-4 -> deep-5"),
            ("sdist-other-hash", "is not what the index promised"),
        ])
    func whatCannotBeBuiltIsNamedAndLeavesNothing(_ requirement: String, says: String) throws {
        let outcome = try build(requirement)
        #expect(outcome.code == 6, "\(outcome.stderr)")
        #expect(outcome.stderr.contains(says), "\(outcome.stderr)")
        #expect(try wheelhouse().isEmpty)
        let environments = try FileManager.default.contentsOfDirectory(atPath: home.appending("environments").string)
        #expect(environments.allSatisfy { !$0.hasPrefix(".") })
        #expect(try resolved(try build("sdist-only")).count == 1, "the positive control")
    }
}
