import SourceText
import SystemPackage

/// Reads the text of a policy, collecting every fault.
struct PolicyReader {
    private let file: FilePath
    let source = SourceReader()

    init(_ file: FilePath) {
        self.file = file
    }

    /// - Throws: ``PolicyFaults``: everything that is wrong.
    func read(_ text: [UInt8]) throws(PolicyFaults) -> PolicyContents {
        let document: SourceValue
        do throws(SourceFault) {
            document = try JSONText.parse(text)
        } catch {
            throw PolicyFaults(file: file, [error], in: nil)
        }
        let contents = contents(document)
        guard let contents, source.faults.isEmpty else {
            throw PolicyFaults(file: file, source.faults, in: document)
        }
        return contents
    }

    private func contents(_ document: SourceValue) -> PolicyContents? {
        let names = ["$schema", "version", "description", "default", "hide", "all_tools", "tools"]
        guard let policy = source.object(document, members: names) else { return nil }
        _ = source.string(policy["$schema"])
        _ = source.string(policy["description"])
        _ = source.choice(policy.required("version"), among: ["1": true])
        let otherwise: PolicyContents.Default? = source.choice(
            policy.required("default"), among: ["allow": .allow, "deny": .deny])
        let hidden = hidden(policy["hide"])
        let allTools = source.object(policy["all_tools"], members: ["limits"])
        let limits = limits(allTools?["limits"])
        let tools = tools(policy["tools"])
        guard let otherwise else { return nil }
        return PolicyContents(
            otherwise: otherwise, hidesAll: hidden.contains("*"), hidden: hidden, allTools: limits, tools: tools)
    }

    /// A list of tools, or `"*"`, alone or among them, for all.
    private func hidden(_ value: SourceValue?) -> [String] {
        guard let value else { return [] }
        if case .string(let text) = value.content {
            if text == "*" { return ["*"] }
            return source.refuse(value, "a list of tools, or \"*\" for all") ?? []
        }
        var seen: Set<String> = []
        return source.list(value) { element in
            guard let name = name(element, "the name of a tool") else { return nil }
            if !seen.insert(name).inserted { source.report("\(quoted(name)) is named twice", at: element.position) }
            return name
        } ?? []
    }

    private func tools(_ value: SourceValue?) -> [String: ToolRule] {
        guard let value else { return [:] }
        guard case .object(let members) = value.content else { return source.refuse(value, "an object") ?? [:] }
        var tools: [String: ToolRule] = [:]
        for member in members {
            if member.name == "*" {
                source.report(
                    "\"*\" is no tool: limits of all tools are \"all_tools\", and \"default\" decides on the others",
                    at: member.position)
            } else if !(1...Self.longestName).contains(member.name.utf8.count) {
                source.report("a tool's name has 1 to \(Self.longestName) bytes", at: member.position)
            }
            if let rule = rule(member.value, of: member.name) { tools[member.name] = rule }
        }
        return tools
    }

    private static let longestName = 128

    /// A name that is not empty, and not long.
    func name(_ value: SourceValue, _ wanted: String) -> String? {
        source.text(value, "\(wanted), of 1 to \(Self.longestName) bytes") { text in
            (1...Self.longestName).contains(text.utf8.count) ? text : nil
        }
    }

    private func rule(_ value: SourceValue, of tool: String) -> ToolRule? {
        let names = [
            "description", "action", "reason", "on_deny", "require", "deny_if", "limits", "rate_limit", "approval",
            "limits_on_build",
        ]
        guard let object = source.object(value, members: names) else { return nil }
        _ = source.string(object["description"])
        let actions: KeyValuePairs<String, ToolRule.Action> = [
            "allow": .allow, "deny": .deny, "require_approval": .requireApproval,
        ]
        let action = object["action"] == nil ? .allow : source.choice(object["action"], among: actions)
        if let approval = object["approval"], let action, action != .requireApproval {
            source.report(
                "\"approval\" means something with \"action\": \"require_approval\" only: without it nobody is asked",
                at: approval.position)
        }
        var rule = ToolRule(approval: approval(object["approval"]), pointer: value.path.pointer)
        rule.action = action ?? .deny
        rule.reason = reason(object)
        rule.require = source.list(object["require"]) { condition($0) } ?? []
        rule.denyIf = source.list(object["deny_if"]) { condition($0) } ?? []
        rule.limits = limits(object["limits"]) + [rateLimit(object["rate_limit"])].compactMap { $0 }
        rule.ceiling = ceiling(object["limits_on_build"])
        return rule
    }

    /// `reason`, or `on_deny`, as some gateways spell it.
    func reason(_ object: SourceObject) -> String? {
        if let first = object["reason"], let second = object["on_deny"] {
            source.report("\"on_deny\" says again what \"reason\" says", at: max(first.position, second.position))
        }
        return source.text(object["reason"] ?? object["on_deny"], "a reason of 1 to 1000 bytes") { text in
            (1...1000).contains(text.utf8.count) ? text : nil
        }
    }
}
