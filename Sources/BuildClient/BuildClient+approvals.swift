public import BuildAPI
import Foundation
import NIOCore
import NIOHTTP1

extension BuildClient {
    /// What this caller can approve or deny, the oldest first.
    public func approvals() async throws(ClientError) -> [ApprovalDocument] {
        try await call(ApprovalListDocument.self, .GET, "/v1/approvals", accepting: [200]).approvals
    }

    /// Approves a job, or denies it. Asked twice, the server refuses the second with `conflict`.
    ///
    /// - Returns: The approval as it stands then.
    public func decide(
        _ decision: ApprovalDecisionDocument, on id: String
    ) async throws(ClientError) -> ApprovalDocument {
        let body: Data
        do {
            body = try DocumentCoding.encoder().encode(decision)
        } catch {
            throw ClientError(.unexpected, "the decision cannot be written as JSON: \(error)")
        }
        let path = try path(id).replacing("/v1/builds/", with: "/v1/approvals/")
        return try await call(
            ApprovalDocument.self, .POST, path, accepting: [200], headers: ["content-type": "application/json"],
            body: body)
    }
}
