/// What a policy says of one tool.
struct ToolRule: Sendable {
    enum Action: String, CaseIterable { case allow, deny, requireApproval = "require_approval" }

    var action = Action.allow
    /// The policy's own words for a denial, or for what an approver is asked.
    var reason: String?
    var require: [Condition] = []
    var denyIf: [Condition] = []
    /// `limits`, then `rate_limit`.
    var limits: [CounterLimit] = []
    var approval: ApprovalTerms
    var ceiling = BuildCeiling()
    /// Where it stands in the policy (RFC 6901).
    var pointer: String
}
