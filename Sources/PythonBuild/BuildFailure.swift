public import Sandbox
import SandboxProtocol
import SourceText

/// Why a build gave no artifacts: one code, a message for people, and how that ends.
public struct BuildFailure: Error, Sendable, CustomStringConvertible {
    public enum Code: String, Codable, Sendable {
        case invalidRequest = "invalid_request"
        case projectInvalid = "project_invalid"
        case buildFailed = "build_failed"
        case limit = "limit"
        case layerUnavailable = "layer_unavailable"
        case sandboxSetUp = "sandbox_set_up"
        /// A source folder that cannot be shown this way; the build tries another.
        case stagingUnavailable = "staging_unavailable"
        case requirementRefused = "requirement_refused"
        case requirementsUnstable = "requirements_unstable"
        case provisioningFailed = "provisioning_failed"
        case artifactRejected = "artifact_rejected"
        case cancelled = "cancelled"
        case internalFault = "internal"
    }

    public let code: Code
    /// Bounded, and without anything that could speak as buildbox (``ForeignText``), whatever its maker put in.
    public let message: String
    /// The limit that was hit, where one was.
    public let limit: LimitHit?
    /// The signal that ended the build, where one did.
    public let signal: Int32?

    public init(_ code: Code, _ message: String, limit: LimitHit? = nil, signal: Int32? = nil) {
        self.code = code
        // Here, and not where messages are made: there are a hundred places, and one of them would be forgotten.
        self.message = ForeignText.message(message)
        self.limit = limit
        self.signal = signal
    }

    public init(_ error: SandboxError) {
        switch error.code {
        case .layerUnavailable: self.init(.layerUnavailable, error.message)
        case .setUp: self.init(.sandboxSetUp, error.message)
        case .profile: self.init(.invalidRequest, error.message)
        case .lost: self.init(.internalFault, error.message)
        }
    }

    /// A fault of showing the source or a store in one way is told apart: there may be another.
    init(sandbox error: SandboxError) {
        if let fault = error.fault, fault.step == .overlay || (fault.step == .idMap && fault.layer == nil) {
            self.init(.stagingUnavailable, error.message)
        } else {
            self.init(error)
        }
    }

    public var description: String { message }

    public var status: BuildResult.Status {
        switch code {
        case .buildFailed, .projectInvalid: .failed
        case .limit: .stopped
        case .requirementRefused, .requirementsUnstable, .provisioningFailed, .artifactRejected: .failed
        case .cancelled: .cancelled
        case .invalidRequest: .refused
        case .layerUnavailable, .sandboxSetUp, .stagingUnavailable, .internalFault: .error
        }
    }

    public var exitStatus: ExitStatus {
        switch code {
        case .buildFailed, .projectInvalid: .buildFailed
        case .invalidRequest: .usage
        case .limit: .stoppedAtLimit
        case .layerUnavailable, .sandboxSetUp, .stagingUnavailable: .noSandbox
        case .requirementRefused, .requirementsUnstable, .provisioningFailed: .notProvisioned
        case .artifactRejected: .artifactRejected
        case .cancelled: .cancelled
        case .internalFault: .internalFault
        }
    }
}
