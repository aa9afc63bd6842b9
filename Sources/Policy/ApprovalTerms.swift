/// Who may approve a call, and for how long it waits.
public struct ApprovalTerms: Equatable, Sendable {
    /// Seconds until the call is denied for want of an answer.
    public let timeoutSeconds: Int
    /// `GRANT`, or `GRANT#SUBJECT` for one of a grant's callers; nil: the grant's own callers
    /// that have the scope `approve`.
    public let approvers: [String]?

    static let timeouts: ClosedRange<UInt64> = 1...7 * 86_400

    /// Whether a list of approvers has this caller in it.
    public static func lists(_ approvers: [String], grant: String, subject: String) -> Bool {
        approvers.contains { entry in
            [grant, "\(grant)#\(subject)"].contains { $0.utf8.elementsEqual(entry.utf8) }
        }
    }
}
