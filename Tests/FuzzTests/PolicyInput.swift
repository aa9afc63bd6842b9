import Policy
import SourceText
import SystemPackage
import TestSupport

/// Policy files. One is taken, and decides on calls, or is refused with faults that have their places.
enum PolicyInput {
    static let seeds = [
        #"{"version":"1","default":"deny","hide":["a","*"],"tools":{"python_build":{"limits":[{"counter":"c","#
            + #""window":"minute","max":10,"scope":"grant"}],"rate_limit":{"max":3,"window":10}}}}"#,
        #"{"version":"1","default":"allow","all_tools":{"limits":[{"counter":"c","window":60,"max":1,"scope":"global"}]},"#
            + #""tools":{"python_build":{"action":"require_approval","approval":{"timeout":"1h","approvers":["ops"]},"#
            + #""require":[{"path":"args.directory","op":"regex","value":"^/(srv|home)/[a-z0-9_.-]{1,20}$"}],"#
            + #""deny_if":[{"path":"args.args","op":"contains","value":"-v"},{"path":"args.memory","op":"exists"}],"#
            + #""limits_on_build":{"memory":"4GiB","time":600,"cpus":2}}}}"#,
        #"{"version":"1","default":"deny","tools":{"python_build":{"deny_if":[{"path":"args.directory","op":"regex","#
            + #""value":"(?i)((a|b)*c?){2,5}\\b[^\\d\\x41-\\x{5A}]+?$"},{"path":"args.n","op":"not_in","value":[1,2]}]}}}"#,
    ].map { Array($0.utf8) }

    static let tokens = [
        "{", "}", "[", "]", ",", ":", "\"", "null", "true", "-1", "10", "18446744073709551616", "1e999", "\"minute\"",
        "\"regex\"", "\"deny\"", "\"require_approval\"", "\"*\"", "\"\"", "(", ")", "*", "+", "{1000}", "{2,}", "|",
        "(?:",
        "(?i)", "[^", "\\\\b", "\\\\x{41}", "\\u0000", "\\ud800", "[[[[[[[[[[[[[[[[",
    ].map { Array($0.utf8) }

    private static let calls: [PolicyCall] = [
        "{}", #"{"directory":"/srv/demo","args":["-v"],"memory":"8GiB","n":3}"#,
        #"{"directory":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab","timeout":"x","cpus":[]}"#, "[]",
    ].map { text in
        let arguments = (try? PolicyValue(json: text)) ?? .null
        return PolicyCall(tool: Policy.build, grant: "g", session: "s", arguments: arguments)
    }

    @Sendable static func make(_ generator: inout SeededGenerator) -> [UInt8] {
        Mutation.of(seeds.randomElement(using: &generator) ?? [], tokens: tokens, &generator)
    }

    @Sendable static func check(_ bytes: [UInt8]) throws -> Bool {
        let policy: Policy
        do throws(PolicyFaults) {
            policy = try Policy(bytes, file: "policy.json")
        } catch {
            guard !error.faults.isEmpty, error.faults.allSatisfy({ !$0.message.isEmpty && $0.position.line >= 1 })
            else {
                throw FuzzFinding("refused with \(error)")
            }
            return false
        }
        for call in calls {
            let decision = policy.decide(call)
            guard decision.policyDigest == policy.digest, !decision.reason.isEmpty else {
                throw FuzzFinding("decided \(decision)")
            }
            let known = try Set(pointers(bytes))
            for rule in [decision.rule] + decision.charges.map(\.limit.pointer) where !known.contains(rule) {
                // An action or a default may be left out; what it stands in is there.
                guard rule.hasSuffix("/action") else { throw FuzzFinding("the rule \(rule) is not in the policy") }
            }
        }
        return true
    }

    /// Of every value of the text.
    private static func pointers(_ bytes: [UInt8]) throws -> [String] {
        func below(_ value: SourceValue) -> [String] {
            switch value.content {
            case .array(let elements): [value.path.pointer] + elements.flatMap(below)
            case .object(let members): [value.path.pointer] + members.flatMap { below($0.value) }
            default: [value.path.pointer]
            }
        }
        return below(try JSONText.parse(bytes))
    }
}
