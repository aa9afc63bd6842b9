import BuildAPI
import BuildService

extension ProtocolFault {
    /// What the service says of a request that is no tool's call, with what a program can act on.
    ///
    /// - Parameters:
    ///   - fault: What it says.
    ///   - missing: The code where there is no such thing.
    ///   - data: What else is told.
    init(_ fault: ServiceFault, missing: Code = .invalidParams, data: [String: JSONValue] = [:]) {
        var data = data
        data["code"] = .string(fault.code.rawValue)
        data["rule"] = fault.decision.map { .string($0.rule) }
        data["retry_after_s"] = fault.retryAfter.map { .integer(Int64($0)) }
        let code: Code =
            switch fault.code {
            case .notFound, .notEnded: missing
            case .internalFault: .internalError
            default: .invalidParams
            }
        self.init(code, fault.message, data: .object(data))
    }
}
