/// Who may approve a call, and for how long it waits.
public struct ApprovalTerms: Equatable, Sendable {
    /// Seconds until the call is denied for want of an answer.
    public let timeoutSeconds: Int
    /// `GRANT`, or `GRANT#SUBJECT` for one of a grant's callers; nil: whoever has the scope `approve`.
    public let approvers: [String]?

    static let timeouts: ClosedRange<UInt64> = 1...7 * 86_400

    /// Whether the list of approvers lets this caller approve. It says nothing of scopes, nor of who
    /// made the call.
    public func allows(grant: String, subject: String) -> Bool {
        guard let approvers else { return true }
        return approvers.contains { entry in
            [grant, "\(grant)#\(subject)"].contains { $0.utf8.elementsEqual(entry.utf8) }
        }
    }
}
