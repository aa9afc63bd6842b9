import Foundation
import SystemPackage
import Testing

/// The hostile project tries to reach the host; the same probes, run outside, must reach it.
@Suite(.serialized) struct ContainmentTests {
    private struct Probe: Decodable {
        var probe: String
        var reached: Bool
        var tried: Bool?
        var detail: String
    }

    private struct Listed: Decodable {
        var probe: String
        var control: String
    }

    @Test(arguments: EndToEnd.User.available)
    func nothingOfTheHostIsReached(user: EndToEnd.User) throws {
        let test = try EndToEnd(user)
        defer { try? test.cleanUp() }
        let targets = try Targets(test)
        defer { targets.close() }
        let project = try test.project("hostile")

        let outside = try control(test, project, targets)
        let settings = targets.settings.flatMap { ["-C", "probe-\($0.key)=\($0.value)"] }
        let outcome = try test.buildbox(
            ["run", "-w"] + settings + [project.string], environment: ["BUILDBOX_PROBE_ENV": "canary"])
        #expect(outcome.code == 0, "\(outcome.stderr.suffix(2000))")
        let inside = probes(in: outcome.stderr)
        #expect(inside.count >= 100)
        var contained = 0
        for probe in inside {
            let control = outside[probe.probe] == true ? "reached outside" : "not reachable outside either"
            if probe.tried == false {
                print("skipped    \(probe.probe): \(probe.detail)")
            } else {
                #expect(!probe.reached, "\(probe.probe): \(probe.detail)")
                contained += probe.reached ? 0 : 1
                print(
                    "\(probe.reached ? "ESCAPED   " : "contained ") \(probe.probe) (\(control)): \(probe.detail.prefix(80))"
                )
            }
        }
        print(
            "\(user): \(contained) contained of \(inside.count), \(outside.values.filter { $0 }.count) reached outside")
    }

    /// Runs the probes on the host, as the same user: the attacks work where there is no sandbox.
    private func control(_ test: EndToEnd, _ project: FilePath, _ targets: Targets) throws -> [String: Bool] {
        let script = project.appending("backend/probes.py").string
        let listed = try EndToEnd.host(["/usr/bin/python3", script, "--list"])
            .split(separator: "\n").map { try JSONDecoder().decode(Listed.self, from: Data($0.utf8)) }
        var environment = ["PATH": "/usr/bin:/bin", "BUILDBOX_PROBE_ENV": "canary"]
        for (name, value) in targets.settings { environment["BUILDBOX_PROBE_\(name.uppercased())"] = value }
        // Descriptor 9 stands in for one that a careless parent would leave open.
        environment["BUILDBOX_PROBE_FD"] = "9"
        let shell = ["/bin/sh", "-c", "exec 9>\"$1\"; shift; exec \"$@\"", "sh", targets.inherited.string]
        let output = try EndToEnd.host(test.asUser(shell + ["/usr/bin/python3", script]), environment: environment)
        let reached = Dictionary(
            probes(in: output).map { ($0.probe, $0.reached) }, uniquingKeysWith: { $0 || $1 })
        let expected = listed.filter { $0.control == "anyone" || ($0.control == "root" && test.user == .root) }
        #expect(expected.count >= 35)
        for probe in expected where !Self.hostDependent.contains(probe.probe) {
            #expect(reached[probe.probe] == true, "the positive control of \(probe.probe) failed")
        }
        return reached
    }

    /// Controls that a kernel or a container may refuse even to root.
    private static let hostDependent: Set<String> = ["list-shared-memory"]

    private func probes(in text: String) -> [Probe] {
        text.split(separator: "\n").filter { $0.hasPrefix("{\"probe\"") }.compactMap {
            try? JSONDecoder().decode(Probe.self, from: Data($0.utf8))
        }
    }
}
