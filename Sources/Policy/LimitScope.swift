/// Whose calls a limit counts together.
public enum LimitScope: String, CaseIterable, Hashable, Sendable {
    /// Those of one grant.
    case grant
    /// Those of one session of a grant; of the grant, where the caller has no session.
    case session
    /// Those of one tenant; of the grant, where the caller has no tenant.
    case tenant
    /// Those of one tool, whoever calls it.
    case tool
    /// All calls.
    case global
}
