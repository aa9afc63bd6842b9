import BuildService
import HTTPTypes
import Hummingbird

/// Artifacts of builds that ended: files that never change.
struct ArtifactRoute: Sendable {
    let service: BuildService

    func get(_ call: Call, _ id: String, name: String) async throws -> Response {
        let blob = try await service.artifact(name, of: id, as: call.principal)
        let file = blob.blob
        var headers: HTTPFields = [
            .contentType: "application/octet-stream",
            .contentDisposition: Disposition.attachment(blob.name),
            .cacheControl: "private, max-age=31536000, immutable",
        ]
        headers[.reprDigest] = DigestField.sha256(file.digest)
        return try Answer.file(call, size: file.size, tag: EntityTag(opaque: file.digest), headers: headers) {
            try file.read(at: $0, count: $1)
        }
    }
}
