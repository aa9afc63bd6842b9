/// Why a message got an error response instead of a result (JSON-RPC 2.0, section 5.1): the one error of this
/// room. What is wrong with a tool's arguments, or with a build, is no such fault: the model sees it in a result.
public struct ProtocolFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// The codes of JSON-RPC and of the Model Context Protocol that this server uses.
    public enum Code: Int64, Sendable {
        case parseError = -32700
        case invalidRequest = -32600
        case methodNotFound = -32601
        case invalidParams = -32602
        case internalError = -32603
        /// Up to revision 2025-11-25; from 2026-07-28 on it is `invalidParams`.
        case resourceNotFound = -32002
        /// From revision 2026-07-28 on.
        case headerMismatch = -32020
        case missingClientCapability = -32021
        case unsupportedVersion = -32022
        /// This server's own, outside of what JSON-RPC reserves: too much at once, try again.
        case busy = 1001
    }

    public let code: Code
    /// One sentence: what is wrong, and what to do.
    public let message: String
    public let data: JSONValue?
    /// The request's; nil when none could be read.
    public var id: RequestID?

    public init(_ code: Code, _ message: String, data: JSONValue? = nil, id: RequestID? = nil) {
        self.code = code
        self.message = message
        self.data = data
        self.id = id
    }

    static func unsupported(_ requested: String) -> ProtocolFault {
        ProtocolFault(
            .unsupportedVersion,
            "the protocol revision \(requested.prefix(32).debugDescription) is not spoken here: use one of `supported`",
            data: [
                "requested": .string(String(requested.prefix(64))),
                "supported": .array(Revision.allCases.reversed().map { .string($0.rawValue) }),
            ])
    }

    public var description: String { "\(code.rawValue): \(message)" }

    /// The error as the response has it.
    var error: JSONValue {
        var error: [String: JSONValue] = ["code": .integer(code.rawValue), "message": .string(message)]
        error["data"] = data
        return .object(error)
    }
}
