import BuildAPI
import HTTPTypes

extension ProblemCode {
    /// The status that goes with the code, unless a route says otherwise.
    var status: HTTPResponse.Status {
        switch self {
        case .malformed: .badRequest
        case .invalidRequest, .idempotencyMismatch, .digestMismatch: .unprocessableContent
        case .unauthenticated: .unauthorized
        case .forbidden, .foreignOrigin, .folderRefused, .policyDenied: .forbidden
        case .notFound, .notEnded: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .notAcceptable: .notAcceptable
        case .conflict, .idempotencyConflict: .conflict
        case .lengthRequired: .lengthRequired
        case .tooLarge: .contentTooLarge
        case .unsupportedMediaType: .unsupportedMediaType
        case .rangeNotSatisfiable: .rangeNotSatisfiable
        case .grantQueueFull, .tooManyRequests, .rateLimited, .approvalsFull: .tooManyRequests
        case .queueFull, .starting, .draining, .storeUnavailable, .sandboxUnavailable: .serviceUnavailable
        case .timeout: .requestTimeout
        case .internalFault: .internalServerError
        }
    }

    /// The same for every occurrence (RFC 9457, 3.1.3).
    var title: String {
        switch self {
        case .malformed: "The request cannot be read"
        case .invalidRequest: "The request asks for what cannot be done"
        case .unauthenticated: "The caller is not known"
        case .forbidden: "The caller may not do this"
        case .foreignOrigin: "The request comes from elsewhere"
        case .notFound: "There is no such thing"
        case .methodNotAllowed: "This method does not apply here"
        case .notAcceptable: "No form of the answer is acceptable"
        case .notEnded: "The build has not ended"
        case .conflict: "The state of the build does not allow this"
        case .idempotencyConflict: "The first request with this key is still being admitted"
        case .idempotencyMismatch: "The key was used for another request"
        case .lengthRequired: "The length must be told"
        case .tooLarge: "The request is too large"
        case .unsupportedMediaType: "The body is of another type"
        case .rangeNotSatisfiable: "The range lies outside"
        case .digestMismatch: "The content is not what its digest says"
        case .folderRefused: "The folder may not be built"
        case .policyDenied: "The policy denies this"
        case .rateLimited: "A limit of the policy is reached"
        case .approvalsFull: "Too many builds of the grant wait for an approval"
        case .queueFull: "The queue is full"
        case .grantQueueFull: "The grant's part of the queue is full"
        case .tooManyRequests: "The grant has too many requests open"
        case .starting: "The service is starting"
        case .draining: "The service is stopping"
        case .storeUnavailable: "The store cannot be written"
        case .sandboxUnavailable: "Builds cannot be contained here"
        case .timeout: "The request came too slowly"
        case .internalFault: "The service failed"
        }
    }
}
