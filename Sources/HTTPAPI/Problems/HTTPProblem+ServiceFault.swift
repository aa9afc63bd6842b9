import BuildAPI
import BuildService
import HTTPTypes

extension HTTPProblem {
    /// What the service below refused, as an answer.
    init(_ fault: ServiceFault) {
        self.init(fault.code, fault.message, faults: fault.faults)
        policy = fault.decision
        if let seconds = fault.retryAfter { headers[.retryAfter] = String(max(1, seconds)) }
        switch fault.code {
        case .queueFull, .grantQueueFull, .starting, .draining, .storeUnavailable, .sandboxUnavailable:
            if headers[.retryAfter] == nil { headers[.retryAfter] = "10" }
        default: break
        }
        if fault.code == .queueFull || fault.code == .grantQueueFull, let wait = headers[.retryAfter] {
            headers[.rateLimit] = "\"queue\";r=0;t=\(wait)"
        }
        if fault.code == .rateLimited, let wait = headers[.retryAfter] {
            headers[.rateLimit] = "\"policy\";r=0;t=\(wait)"
        }
    }
}
