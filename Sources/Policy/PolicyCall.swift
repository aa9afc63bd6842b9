/// A call that a policy decides on.
public struct PolicyCall: Sendable {
    public var tool: String
    /// Of the authenticated caller.
    public var grant: String
    /// Of the caller's protocol, where it has sessions.
    public var session: String?
    public var tenant: String?
    /// An object: what the tool was given, with its defaults filled in where they matter to a policy.
    public var arguments: PolicyValue

    public init(
        tool: String, grant: String, session: String? = nil, tenant: String? = nil,
        arguments: PolicyValue = .object([:])
    ) {
        self.tool = tool
        self.grant = grant
        self.session = session
        self.tenant = tenant
        self.arguments = arguments
    }
}
