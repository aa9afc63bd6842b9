/// Why a request was refused (RFC 9457, application/problem+json).
public struct ProblemDocument: Codable, Equatable, Sendable {
    /// `urn:buildbox:problem:CODE`.
    public var type: String
    public var title: String
    public var status: Int
    /// What was tried, why it failed, what to do.
    public var detail: String
    /// Stable, for programs.
    public var code: ProblemCode
    /// Which parts of the request are at fault, as JSON Pointers (RFC 6901).
    public var errors: [Fault]?
    /// What the policy decided, where that is why.
    public var policy: DecisionDocument?

    public struct Fault: Codable, Equatable, Sendable {
        public var pointer: String
        public var detail: String

        public init(pointer: String, detail: String) {
            self.pointer = pointer
            self.detail = detail
        }
    }

    public init(
        status: Int, code: ProblemCode, title: String, detail: String, errors: [Fault]? = nil,
        policy: DecisionDocument? = nil
    ) {
        type = "urn:buildbox:problem:\(code.rawValue)"
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.errors = errors
        self.policy = policy
    }
}
