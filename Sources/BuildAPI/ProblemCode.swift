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
    /// A rule of the operator's policy, or a person who was asked.
    case policyDenied = "policy_denied"
    /// A limit of the policy; Retry-After says when there is room again.
    case rateLimited = "rate_limited"
    /// As many of the grant's builds wait for an approval as may.
    case approvalsFull = "approvals_full"
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
