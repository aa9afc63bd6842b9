public import BuildAPI

/// Why the service did not do what it was asked: the one error of this room.
public struct ServiceFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// Stable; a front door makes its own status of it.
    public let code: ProblemCode
    /// What was tried, on what, why it failed, what to do.
    public let message: String
    /// Seconds after which another try may succeed, where that is known.
    public let retryAfter: Int?
    /// The parts of the request that are at fault, as JSON Pointers into a `BuildDocument` (RFC 6901).
    public let faults: [ProblemDocument.Fault]
    /// What the policy decided, where that is why.
    public let decision: DecisionDocument?

    public init(
        _ code: ProblemCode, _ message: String, retryAfter: Int? = nil, faults: [ProblemDocument.Fault] = [],
        decision: DecisionDocument? = nil
    ) {
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
        self.faults = faults
        self.decision = decision
    }

    /// One part of the request is at fault.
    public static func invalid(_ pointer: String, _ detail: String) -> ServiceFault {
        ServiceFault(.invalidRequest, detail, faults: [ProblemDocument.Fault(pointer: pointer, detail: detail)])
    }

    static func notFound(_ id: String) -> ServiceFault {
        ServiceFault(
            .notFound, "there is no build \(id) that this caller may see: GET /v1/builds lists those that there are")
    }

    public var description: String { "\(code.rawValue): \(message)" }
}
