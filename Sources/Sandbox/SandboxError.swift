public import SandboxProtocol

/// Why a sandbox could not do its work. That a contained command failed or was stopped is a
/// ``Verdict``, not an error.
public struct SandboxError: Error, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// A layer that was asked for cannot be had on this host.
        case layerUnavailable = "layer_unavailable"
        /// The sandbox could not be set up for another reason: a path that is not there, an
        /// interpreter that cannot be started.
        case setUp = "sandbox_set_up"
        /// A profile that cannot be read or compiled.
        case profile = "profile_invalid"
        /// The launcher died or spoke nonsense: the verdict is lost.
        case lost = "verdict_lost"
    }

    public let code: Code
    /// What was tried, on what, why it failed and what to do about it.
    public let message: String
    /// The launcher's own account, where it gave one.
    public let fault: LaunchFault?

    public init(_ code: Code, _ message: String, fault: LaunchFault? = nil) {
        self.code = code
        self.message = message
        self.fault = fault
    }

    public var description: String { message }
}
