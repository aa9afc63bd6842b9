import Foundation
import SystemPackage
import Testing

/// What an index can do wrong: exit 6, the cause by name, nothing half made, and the next build succeeds.
@Suite(.serialized) struct IndexTests {
    struct Fault: CustomTestStringConvertible {
        let requirement: String
        /// Where the index is, by its name in ``LoopbackIndex``, or a URL.
        var index = "index"
        var settings: [String: String] = [:]
        let says: [String]

        var testDescription: String { "\(requirement) from \(index)" }
    }

    static let remedy = "name it as host[:port] in BUILDBOX_INDEX_HOSTS"

    @Test(arguments: [
        Fault(requirement: "to-loopback", says: ["OTHER was asked for, which is no host that may be reached", remedy]),
        Fault(requirement: "to-metadata", says: ["169.254.169.254:80 was asked for", remedy]),
        Fault(requirement: "other-hash", says: ["hash"]),
        Fault(requirement: "garbage-page", says: ["garbage-page"]),
        Fault(requirement: "garbage-wheel", says: ["garbage-wheel"]),
        Fault(requirement: "not-there", says: ["not-there"]),
        Fault(requirement: "a", index: "http://127.0.0.1:1/simple", says: ["127.0.0.1:1", "Connection refused"]),
        Fault(
            requirement: "a", index: "http://no-such-host.invalid/simple",
            says: ["the name no-such-host.invalid cannot be resolved"]),
        Fault(
            requirement: "a", index: "stalled", settings: ["PIP_TIMEOUT": "1"],
            says: ["no byte came or went for too long"]),
        Fault(
            requirement: "a", settings: ["HTTP_PROXY": "http://me:secret@127.0.0.1:1"],
            says: ["no connection to the proxy 127.0.0.1:1"]),
        Fault(
            requirement: "a", settings: ["HTTP_PROXY": "socks5://me:secret@127.0.0.1:1"],
            says: ["HTTP_PROXY names a proxy of the kind socks5"]),
    ])
    func aFaultOfAnIndexIsNamedAndLeavesNothing(fault: Fault) throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        let index = try LoopbackIndex(test.folder)
        defer { index.stop() }
        let home = test.folder.appending("home").string
        var environment = [
            "PIP_INDEX_URL": fault.index.contains("://") ? fault.index : index[fault.index], "PIP_FIND_LINKS": "",
            "BUILDBOX_HOME": home, "PIP_CONFIG_FILE": "/dev/null", "HTTP_PROXY": "", "http_proxy": "",
        ].merging(fault.settings) { $1 }
        let project = try test.project("hello-intree")
        try require(fault.requirement, of: project)
        let outcome = try test.buildbox(["run", "-w", project.string], environment: environment)
        #expect(outcome.code == 6, "\(outcome.stderr)")
        for words in fault.says {
            let expected = words.replacing("OTHER", with: index["other"])
            #expect(outcome.stderr.contains(expected), "\(outcome.stderr)")
        }
        #expect(!outcome.stderr.contains("secret"))
        let environments = FilePath(home).appending("environments").string
        #expect(try FileManager.default.contentsOfDirectory(atPath: environments).isEmpty)

        try require("buildbox-harmless", of: project)
        environment.merge(["PIP_INDEX_URL": index["index"], "HTTP_PROXY": "", "PIP_TIMEOUT": ""]) { $1 }
        let control = try test.buildbox(["run", "-w", "--json", project.string], environment: environment)
        #expect(control.code == 0, "the positive control: \(control.stderr)")
        let connections = try #require(try control.document()["connections"] as? [[String: Any]])
        #expect(connections.count == 1)
        #expect(connections.first?["host"] as? String == "127.0.0.1")
        #expect(connections.first?["verdict"] as? String == "passed")
    }

    /// The control of the refusal of redirects: the same one is followed where the operator named the host.
    @Test func aHostThatTheOperatorNamedIsReached() throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        let index = try LoopbackIndex(test.folder)
        defer { index.stop() }
        let project = try test.project("hello-intree")
        try require("to-loopback", of: project)
        let outcome = try test.buildbox(
            ["run", "-w", "--json", project.string],
            environment: [
                "PIP_INDEX_URL": index["index"], "BUILDBOX_INDEX_HOSTS": index["other"], "PIP_FIND_LINKS": "",
                "PIP_CONFIG_FILE": "/dev/null", "BUILDBOX_HOME": test.folder.appending("home").string,
            ])
        #expect(outcome.code == 6, "there is no such package behind it either")
        let connections = try #require(try outcome.document()["connections"] as? [[String: Any]])
        #expect(
            connections.contains {
                "\($0["host"] ?? ""):\($0["port"] ?? "")" == index["other"] && $0["verdict"] as? String == "passed"
            })
        #expect(!connections.contains { $0["verdict"] as? String == "refused" })
    }

    private func require(_ requirement: String, of project: FilePath) throws {
        let file = project.appending("pyproject.toml").string
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let changed = text.replacing(/requires = \[.*\]/, with: "requires = [\"\(requirement)\"]")
        try changed.write(toFile: file, atomically: true, encoding: .utf8)
    }
}
