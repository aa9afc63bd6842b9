import SourceText

extension Policy {
    /// Decides on a call of an authenticated caller, in this order: hide, default, deny, require, deny_if,
    /// limits_on_build, approval. Of limits it tells which the call is to be charged to; whether there is room,
    /// and taking it, is up to ``SlidingWindows``, in the transaction that lets the call in.
    public func decide(_ call: PolicyCall) -> Decision {
        if let hidden = decideVisibility(of: call.tool) { return hidden }
        // An own rule counts; without one a companion is where the build is.
        let follows = contents.tools[call.tool] == nil && Self.companions.contains(call.tool)
        guard let rule = contents.tools[follows ? Self.build : call.tool] else { return decideByDefault(call, follows) }
        if rule.action == .deny {
            return deny("\(rule.pointer)/action", rule.reason ?? "the policy denies \(quoted(call.tool))")
        }
        if follows { return allow(rule.pointer, "\(quoted(call.tool)) is allowed where \(quoted(Self.build)) is") }
        if let denial = decideArguments(call, rule) { return denial }
        var decision = allow(rule.pointer, "the policy allows \(quoted(call.tool))")
        if rule.action == .requireApproval {
            decision.outcome = .requireApproval
            decision.rule = "\(rule.pointer)/action"
            decision.reason = rule.reason ?? "the policy wants a person to approve \(quoted(call.tool))"
            decision.approval = rule.approval
        }
        decision.ceiling = rule.ceiling
        // Polls are not counted, however they came to be allowed.
        let limits = Self.companions.contains(call.tool) ? rule.limits : rule.limits + contents.allTools
        decision.charges = limits.map { Charge(limit: $0, key: $0.key(of: call)) }
        return decision
    }

    /// A denial where the tool is hidden.
    func decideVisibility(of tool: String) -> Decision? {
        if contents.hidesAll { return deny("/hide", "the policy hides every tool") }
        if let index = contents.hidden.firstIndex(of: tool) {
            return deny("/hide/\(index)", "the policy hides \(quoted(tool))")
        }
        guard Self.companions.contains(tool), contents.tools[tool] == nil,
            let index = contents.hidden.firstIndex(of: Self.build)
        else { return nil }
        return deny("/hide/\(index)", "the policy hides \(quoted(Self.build)), and with it \(quoted(tool))")
    }

    private func decideByDefault(_ call: PolicyCall, _ follows: Bool) -> Decision {
        switch contents.otherwise {
        case .deny:
            return deny("/default", "the policy names no tool \(quoted(call.tool)), and denies what it does not name")
        case .allow:
            var decision = allow("/default", "the policy allows what it does not name")
            if !follows && !Self.companions.contains(call.tool) {
                decision.charges = contents.allTools.map { Charge(limit: $0, key: $0.key(of: call)) }
            }
            return decision
        }
    }

    private func decideArguments(_ call: PolicyCall, _ rule: ToolRule) -> Decision? {
        for condition in rule.require {
            if let reason = condition.violation(requiredOf: call.arguments) { return deny(condition.pointer, reason) }
        }
        for condition in rule.denyIf {
            if let reason = condition.violation(deniedFor: call.arguments) { return deny(condition.pointer, reason) }
        }
        if let (member, reason) = rule.ceiling.violation(by: call.arguments) {
            return deny("\(rule.pointer)/limits_on_build/\(member)", reason)
        }
        return nil
    }

    private func deny(_ rule: String, _ reason: String) -> Decision {
        Decision(outcome: .deny, rule: rule, reason: reason, policyDigest: digest)
    }

    private func allow(_ rule: String, _ reason: String) -> Decision {
        Decision(outcome: .allow, rule: rule, reason: reason, policyDigest: digest)
    }
}
