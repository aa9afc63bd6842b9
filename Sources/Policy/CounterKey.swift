/// What is counted together: a counter's name, and whose calls.
public struct CounterKey: Hashable, Sendable {
    public let counter: String
    public let scope: LimitScope
    /// The grant's, tenant's or tool's name; empty for `global`.
    public let subject: String
    /// The session, for `session` where there is one. A session is only ever a part of a grant.
    public let session: String

    init(counter: String, scope: LimitScope, subject: String, session: String = "") {
        self.counter = counter
        self.scope = scope
        self.subject = subject
        self.session = session
    }
}
