public import BuildAPI
public import PythonBuild
import SourceText

/// Why a call of a buildbox server gave nothing: what was tried, on what, why it failed and what to do.
public struct ClientError: Error, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// The address of the server is none.
        case address
        /// A file, folder or option of the caller's that cannot be used.
        case unreadable
        /// The output folder cannot be used.
        case output
        /// No connection to the server.
        case unreachable
        /// The server's certificate or its use of TLS is not to be trusted.
        case untrusted
        /// The connection broke before the answer was complete.
        case dropped
        /// The server said no; `problem` says why, where it gave a problem document (RFC 9457).
        case refused
        /// An answer that no buildbox server gives.
        case unexpected
        /// Bytes that arrived are not those that were announced.
        case digest
        /// The caller gave up.
        case cancelled
    }

    public let code: Code
    public let message: String
    /// The HTTP status, where the server answered.
    public let status: Int?
    /// The stable code of the server's problem document.
    public let problem: ProblemCode?
    /// How long the server asks to wait before the next try, in seconds.
    public let retryAfter: Int?

    public init(
        _ code: Code, _ message: String, status: Int? = nil, problem: ProblemCode? = nil, retryAfter: Int? = nil
    ) {
        self.code = code
        self.message = ForeignText.message(message)
        self.status = status
        self.problem = problem
        self.retryAfter = retryAfter
    }

    public var description: String { message }

    /// The exit code of a command that ends with this: those of `buildbox run`.
    public var exitStatus: ExitStatus {
        switch code {
        case .address, .unreadable, .output: .usage
        case .unreachable, .untrusted, .dropped, .unexpected: .internalFault
        case .digest: .artifactRejected
        case .cancelled: .interrupted
        case .refused:
            switch status ?? 0 {
            case 401, 403: .refusedByPolicy
            case 429 where problem == .rateLimited || problem == .approvalsFull: .refusedByPolicy
            case 408, 429, 500...: .internalFault
            default: .usage
            }
        }
    }

    /// Whether the same call may succeed a moment later, with nothing changed by the caller.
    var isTransient: Bool {
        switch code {
        case .unreachable, .dropped: true
        case .refused:
            switch problem {
            case .starting, .draining, .timeout, .idempotencyConflict: true
            // A gateway in front of a server that starts anew.
            case nil: [502, 503, 504].contains(status)
            default: false
            }
        default: false
        }
    }
}
