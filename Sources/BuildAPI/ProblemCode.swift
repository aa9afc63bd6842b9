/// The stable codes of problem documents.
public enum ProblemCode: String, Codable, CaseIterable, Sendable {
    case malformed
    case invalidRequest = "invalid_request"
    case unauthenticated
    case forbidden
    /// A web page of another origin, or a name that is not this service's.
    case foreignOrigin = "foreign_origin"
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    case notAcceptable = "not_acceptable"
    case notEnded = "not_ended"
    case conflict
    case idempotencyConflict = "idempotency_conflict"
    case idempotencyMismatch = "idempotency_mismatch"
    case lengthRequired = "length_required"
    case tooLarge = "too_large"
    case unsupportedMediaType = "unsupported_media_type"
    case rangeNotSatisfiable = "range_not_satisfiable"
    case digestMismatch = "digest_mismatch"
    case folderRefused = "folder_refused"
    case queueFull = "queue_full"
    case grantQueueFull = "grant_queue_full"
    case tooManyRequests = "too_many_requests"
    /// The service looks after what was left behind first.
    case starting
    case draining
    case storeUnavailable = "store_unavailable"
    case sandboxUnavailable = "sandbox_unavailable"
    case timeout
    case internalFault = "internal"
}
