import BuildAPI
import BuildService
import HTTPTypes
import Hummingbird
import SourceText

/// What waits for a person, and what that person decides.
struct ApprovalRoutes: Sendable {
    let service: BuildService

    /// Bytes of a decision.
    private static let largest = 16 << 10

    func list(_ call: Call) async throws -> Response {
        try Answer.json(try await service.approvals(as: call.principal))
    }

    func decide(_ call: Call, _ id: String) async throws -> Response {
        guard call.contentType?.value == "application/json" else {
            throw HTTPProblem(
                .unsupportedMediaType, "a decision is application/json", headers: [.accept: "application/json"])
        }
        let decision = try Self.read(try await call.document(upTo: Self.largest))
        return try Answer.json(try await service.decide(decision, on: id, as: call.principal))
    }

    static func read(_ bytes: [UInt8]) throws(HTTPProblem) -> ApprovalDecisionDocument {
        let root: SourceValue
        do {
            root = try JSONText.parse(bytes, bounds: SourceBounds(bytes: largest, depth: 4))
        } catch {
            throw HTTPProblem(.malformed, "the decision is no JSON document: \(error)")
        }
        let reader = SourceReader()
        let object = reader.object(root, members: ["decision", "reason", "digest"])
        let decision: ApprovalDecisionDocument.Decision? = reader.choice(
            object?.required("decision"), among: ["approve": .approve, "deny": .deny])
        let reason = reader.text(object?["reason"], "a reason of at most 1000 bytes") {
            $0.utf8.count <= 1000 ? $0 : nil
        }
        let digest = reader.text(object?["digest"], "the approval's digest") { BuildDocumentReader.sha256($0) }
        guard let decision, reader.faults.isEmpty else {
            let places = PointerTable(root)
            throw HTTPProblem(
                .invalidRequest, "the decision has a fault: \(reader.faults.first?.message ?? "")",
                faults: reader.faults.map { .init(pointer: places[$0.position], detail: $0.message) })
        }
        return ApprovalDecisionDocument(decision: decision, reason: reason, digest: digest)
    }
}
