import FoundationEssentials
import Policy

/// On which terms a policy lets a job in.
struct PolicyTerms: Sendable {
    /// To allow it, or to ask a person first.
    let decision: Decision
    /// The call as it was decided on: after an approval it is decided on again.
    let call: PolicyCall
    /// How long calls are remembered (``SQLiteCounterStore/keptSeconds``).
    let keptSeconds: Int
    /// Jobs of one grant that may wait for an approval.
    let mostAwaiting: Int
}
