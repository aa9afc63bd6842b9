import Policy
import SystemPackage

extension Policy {
    /// A policy of version 1 with these members, as JSON.
    static func of(_ members: String) throws -> Policy {
        try Policy(Array("{\"version\":\"1\",\(members)}".utf8), file: "policy.json")
    }

    /// A policy that denies everything but python_build with this rule.
    static func building(_ rule: String) throws -> Policy {
        try of("\"default\":\"deny\",\"tools\":{\"python_build\":\(rule)}")
    }

    /// What it decides on a call of python_build with these arguments, as JSON.
    func decide(_ arguments: String = "{}", grant: String = "g") throws -> Decision {
        decide(PolicyCall(tool: Policy.build, grant: grant, arguments: try PolicyValue(json: arguments)))
    }
}
