import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Policy

@Suite struct PolicyFileTests {
    private static let examples = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .appending("Policies")

    @Test func theFileOfAGatewayMeansWhatItSays() throws {
        let policy = try Policy(contentsOf: Self.examples.appending("good/gateway.json"))
        #expect(policy.digest.count == 64)
        let call = policy.decide(PolicyCall(tool: "python_build", grant: "g"))
        #expect(call.outcome == .allow)
        #expect(call.rule == "/tools/python_build")
        #expect(call.policyDigest == policy.digest)
        let charge = try #require(call.charges.first)
        #expect(call.charges.count == 1)
        #expect(charge.limit.pointer == "/tools/python_build/limits/0")
        #expect(charge.limit.max == 10 && charge.limit.windowSeconds == 60)
        #expect(charge.key == CounterKey(counter: "python_build_rate", scope: .grant, subject: "g"))
        let other = policy.decide(PolicyCall(tool: "delete_everything", grant: "g"))
        #expect(other.outcome == .deny)
        #expect(other.rule == "/default")
    }

    @Test func everyMemberThatThereIsIsTaken() throws {
        let policy = try Policy(contentsOf: Self.examples.appending("good/everything.json"))
        #expect(policy.longestWindowSeconds == 86_400)
        #expect(policy.foreignTools.map(\.name) == ["delete_everything"])
        #expect(policy.hides("delete_everything"))
        #expect(!policy.hides("python_build"))
    }

    @Test func everyFaultOfABrokenFileIsToldByLineAndPointer() throws {
        var told: [String] = []
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.examples.appending("broken").string)
        for name in names.sorted() {
            let error = #expect(throws: PolicyFaults.self, "\(name) is taken") {
                try Policy(contentsOf: Self.examples.appending("broken/\(name)"))
            }
            told += error?.faults.map { "broken/\(name):\($0)\n" } ?? []
        }
        let file = URL(filePath: Self.examples.appending("faults.txt").string)
        if ProcessInfo.processInfo.environment["BUILDBOX_RECORD"] == "1" {
            try Data(told.joined().utf8).write(to: file)
        }
        #expect(told.count > 90)
        #expect(try told.joined() == String(contentsOf: file, encoding: .utf8))
    }

    @Test func aFileThatIsNotThereIsAFault() throws {
        let error = #expect(throws: PolicyFaults.self) { try Policy(contentsOf: "/nonexistent/policy.json") }
        #expect(error?.description.hasPrefix("/nonexistent/policy.json:1:1: there is no readable policy") == true)
    }

    @Test func aFileThatIsTooLargeIsAFault() {
        let text = Array(repeating: UInt8(ascii: " "), count: 1 << 20) + Array("{}".utf8)
        let error = #expect(throws: PolicyFaults.self) { try Policy(text, file: "large.json") }
        #expect(error?.description.contains("1048576 are allowed") == true)
    }

    @Test func aToolThatIsMisspelledIsRemarkedUpon() throws {
        let policy = try Policy.of(#""default":"deny","tools":{"pyhton_build":{},"other_tool":{}}"#)
        #expect(policy.foreignTools.map(\.name) == ["other_tool", "pyhton_build"])
        #expect(policy.foreignTools.map(\.meant) == [nil, "python_build"])
    }
}
