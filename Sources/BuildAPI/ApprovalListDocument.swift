/// The approvals that a caller can decide on, the oldest first.
public struct ApprovalListDocument: Codable, Equatable, Sendable {
    public var approvals: [ApprovalDocument]

    public init(approvals: [ApprovalDocument]) {
        self.approvals = approvals
    }
}
