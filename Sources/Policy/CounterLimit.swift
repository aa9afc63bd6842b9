/// At most ``max`` calls in any span of ``windowSeconds``.
public struct CounterLimit: Equatable, Sendable {
    /// Limits that name one counter and one scope count the same calls.
    public let counter: String
    public let windowSeconds: Int
    public let max: Int
    public let scope: LimitScope
    /// Where it stands in the policy (RFC 6901).
    public let pointer: String

    /// Of ``windowSeconds``: up to 31 days.
    static let windows: ClosedRange<UInt64> = 1...31 * 86_400
    /// Of ``max``.
    static let counts: ClosedRange<UInt64> = 1...100_000

    /// The counter that this call adds to.
    func key(of call: PolicyCall) -> CounterKey {
        switch scope {
        case .grant: return CounterKey(counter: counter, scope: .grant, subject: call.grant)
        case .session:
            // Without a session it is the grant's, apart from counters that have the grant for a scope.
            return CounterKey(counter: counter, scope: .session, subject: call.grant, session: call.session ?? "")
        case .tenant:
            // A tenant that is called like a grant is not that grant.
            guard let tenant = call.tenant else {
                return CounterKey(counter: counter, scope: .tenant, subject: call.grant, session: "grant")
            }
            return CounterKey(counter: counter, scope: .tenant, subject: tenant)
        case .tool: return CounterKey(counter: counter, scope: .tool, subject: call.tool)
        case .global: return CounterKey(counter: counter, scope: .global, subject: "")
        }
    }

    /// `10 calls in 60 s by one grant`.
    var title: String {
        let whose =
            switch scope {
            case .grant: "one grant"
            case .session: "one session"
            case .tenant: "one tenant"
            case .tool: "all callers of the tool together"
            case .global: "all callers together"
            }
        return "\(max) \(max == 1 ? "call" : "calls") in \(windowSeconds) s by \(whose)"
    }
}
