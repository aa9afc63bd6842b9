public import BuildAPI
import SourceText

/// Why the service did not do what it was asked: the one error of this room.
public struct ServiceFault: Error, Equatable, Sendable, CustomStringConvertible {
    private final class Storage: Sendable {
        let code: ProblemCode
        let message: String
        let retryAfter: Int?
        let faults: [ProblemDocument.Fault]
        let decision: DecisionDocument?

        init(
            _ code: ProblemCode, _ message: String, _ retryAfter: Int?, _ faults: [ProblemDocument.Fault],
            _ decision: DecisionDocument?
        ) {
            self.code = code
            self.message = message
            self.retryAfter = retryAfter
            self.faults = faults
            self.decision = decision
        }
    }

    // One word: it travels as a typed error through every call of the room.
    private let storage: Storage

    /// Stable; a front door makes its own status of it.
    public var code: ProblemCode { storage.code }
    /// What was tried, on what, why it failed, what to do.
    public var message: String { storage.message }
    /// Seconds after which another try may succeed, where that is known.
    public var retryAfter: Int? { storage.retryAfter }
    /// The parts of the request that are at fault, as JSON Pointers into a `BuildDocument` (RFC 6901).
    public var faults: [ProblemDocument.Fault] { storage.faults }
    /// What the policy decided, where that is why.
    public var decision: DecisionDocument? { storage.decision }

    public init(
        _ code: ProblemCode, _ message: String, retryAfter: Int? = nil, faults: [ProblemDocument.Fault] = [],
        decision: DecisionDocument? = nil
    ) {
        storage = Storage(code, ForeignText.message(message), retryAfter, faults, decision)
    }

    public static func == (left: ServiceFault, right: ServiceFault) -> Bool {
        left.code == right.code && left.message == right.message && left.retryAfter == right.retryAfter
            && left.faults == right.faults && left.decision == right.decision
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
