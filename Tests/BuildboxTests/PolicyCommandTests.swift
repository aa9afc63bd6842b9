import Foundation
import SystemPackage
import Testing

@Suite struct PolicyCommandTests {
    private let test: EndToEnd

    init() throws {
        test = try EndToEnd()
    }

    private static let examples = EndToEnd.repository.appending("Tests/Policies")
    private static let gateway = examples.appending("good/gateway.json").string
    private static let everything = examples.appending("good/everything.json").string

    @Test func checkTellsFaultsByLineAndGoodFilesByDigest() throws {
        defer { try? test.cleanUp() }
        let fine = try test.buildbox(["policy", "check", Self.gateway])
        #expect(fine.code == 0)
        #expect(fine.stdout.hasPrefix("\(Self.gateway): good: sha256 "))
        let broken = Self.examples.appending("broken/many-faults.json").string
        let both = try test.buildbox(["policy", "check", Self.gateway, broken])
        #expect(both.code == 2)
        #expect(both.stdout.contains("\(broken):7:40: expected \"minute\", \"hour\", \"day\""))
        #expect(both.stdout.contains("(/tools/python_build/limits/0/window)\n"))
        let document = try test.buildbox(["policy", "check", "--json", broken])
        let reports = try #require(
            try JSONSerialization.jsonObject(with: Data(document.stdout.utf8)) as? [[String: Any]])
        let faults = try #require(reports.first?["faults"] as? [[String: Any]])
        #expect(faults.compactMap { $0["line"] as? Int } == [7, 8, 8, 10, 13])
        #expect(faults.first?["pointer"] as? String == "/tools/python_build/limits/0/window")
    }

    @Test func explainSaysWhatIsDecidedAndByWhichRule() throws {
        defer { try? test.cleanUp() }
        let allowed = try test.buildbox(["policy", "explain", "--policy", Self.gateway, "--grant", "ci"])
        #expect(allowed.code == 0)
        #expect(allowed.stdout.contains("allow: the policy allows \"python_build\"\n"))
        #expect(allowed.stdout.contains("at most 10 in 60 s for each grant (/tools/python_build/limits/0)"))
        let denied = try test.buildbox(
            ["policy", "explain", "--json", "--tool", "rm", "--grant", "ci"],
            environment: ["BUILDBOX_POLICY": Self.gateway])
        #expect(denied.code == 5)
        let document = try denied.document()
        #expect(document["decision"] as? String == "deny")
        #expect(document["rule"] as? String == "/default")
        #expect((document["policy"] as? String)?.count == 64)
        let arguments = #"{"directory":"/srv/src/demo","timeout":1000}"#
        let approval = try test.buildbox([
            "policy", "explain", "--json", "--policy", Self.everything, "--grant", "ci", "--args", arguments,
        ])
        #expect(approval.code == 0)
        #expect(try approval.document()["decision"] as? String == "require_approval")
        let elsewhere = try test.buildbox([
            "policy", "explain", "--policy", Self.everything, "--grant", "ci", "--args", #"{"directory":"/etc"}"#,
        ])
        #expect(elsewhere.code == 5)
        #expect(elsewhere.stdout.contains("rule: /tools/python_build/require/0\n"))
    }

    @Test func explainWithoutAPolicySaysSo() throws {
        defer { try? test.cleanUp() }
        let outcome = try test.buildbox(["policy", "explain", "--grant", "ci"])
        #expect(outcome.code == 0)
        #expect(outcome.stdout == "allow: there is no policy\n")
    }

    @Test(arguments: [
        ["--args", "{"], ["--args", "[]"], ["--policy", "/nonexistent/policy.json"],
        ["--policy", examples.appending("broken/empty.json").string],
    ])
    func explainRefusesWhatItCannotRead(arguments: [String]) throws {
        defer { try? test.cleanUp() }
        let outcome = try test.buildbox(["policy", "explain", "--grant", "ci"] + arguments)
        #expect(outcome.code == 2)
        #expect(outcome.stderr.hasPrefix("buildbox: "))
    }
}
