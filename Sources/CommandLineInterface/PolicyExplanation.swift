import Policy

/// What `buildbox policy explain` says of a call.
struct PolicyExplanation: Encodable {
    struct Counter: Encodable {
        var rule: String
        var counter: String
        var scope: String
        var max: Int
        var windowS: Int
    }

    struct Approval: Encodable {
        var timeoutS: Int
        var approvers: [String]?
    }

    var decision: String
    var rule: String
    var reason: String
    var policy: String
    var approval: Approval?
    /// What the call must have room in.
    var counters: [Counter]

    init(_ decision: Decision) {
        self.decision = decision.outcome.rawValue
        rule = decision.rule
        reason = decision.reason
        policy = decision.policyDigest
        approval = decision.approval.map { Approval(timeoutS: $0.timeoutSeconds, approvers: $0.approvers) }
        counters = decision.charges.map { charge in
            Counter(
                rule: charge.limit.pointer, counter: charge.limit.counter, scope: charge.limit.scope.rawValue,
                max: charge.limit.max, windowS: charge.limit.windowSeconds)
        }
    }

    /// For people.
    var lines: [String] {
        var lines = ["\(decision): \(reason)"]
        if !rule.isEmpty { lines.append("rule: \(rule)") }
        if let approval {
            let who =
                approval.approvers.map { $0.joined(separator: ", ") } ?? "callers of the grant with the scope approve"
            lines.append("approval: by \(who), within \(approval.timeoutS) s")
        }
        for counter in counters {
            lines.append(
                "counted: \(counter.counter), at most \(counter.max) in \(counter.windowS) s for each \(counter.scope)"
                    + " (\(counter.rule))")
        }
        if !policy.isEmpty { lines.append("policy: sha256 \(policy)") }
        return lines
    }
}
