import NIOHTTP1

extension EgressError {
    /// The status that a client is answered with.
    var status: HTTPResponseStatus {
        switch code {
        case .malformed: .badRequest
        case .refused: .forbidden
        case .configuration, .unresolved, .unreachable: .badGateway
        case .timeout: .gatewayTimeout
        case .limit: .serviceUnavailable
        }
    }

    var verdict: EgressVerdict {
        switch code {
        case .refused, .malformed: .refused(message)
        case .configuration, .unresolved, .unreachable: .failed(message)
        case .timeout, .limit: .stopped(message)
        }
    }
}
