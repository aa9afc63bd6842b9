import BuildAPI
import Crypto
import FoundationEssentials
import Policy

extension NewJob {
    var awaitsApproval: Bool { policy?.decision.outcome == .requireApproval }

    /// The state that it is admitted in.
    var state: JobState { awaitsApproval ? .awaitingApproval : .queued }

    /// How long it may wait for its turn.
    var queueTime: Int64 { queueDeadline.milliseconds - createdAt.milliseconds }

    /// What a person is asked to approve; nil where nobody is.
    var approval: ApprovalDocument? {
        guard awaitsApproval, let decision = policy?.decision, let terms = decision.approval else { return nil }
        return ApprovalDocument(
            id: id.description, grant: grant, subject: subject, status: .pending,
            digest: Self.digest(of: document, source), rule: decision.rule, reason: decision.reason,
            requestedAt: createdAt, expiresAt: createdAt + .seconds(terms.timeoutSeconds), approvers: terms.approvers)
    }

    /// What an approval is for: SHA-256 over the request and the source, of which the blob's digest is a part.
    static func digest(of document: BuildDocument, _ source: SourceDocument) -> String {
        let text = "buildbox.approval/v1\n\(encoded(document))\n\(encoded(source))\n"
        return SHA256.hash(data: Data(text.utf8)).hexadecimal
    }
}
