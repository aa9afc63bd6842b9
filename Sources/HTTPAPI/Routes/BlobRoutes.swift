import BuildAPI
import BuildService
import HTTPTypes
import Hummingbird

/// Uploads, by their SHA-256. A grant sees its own alone.
struct BlobRoutes: Sendable {
    let service: BuildService

    func put(_ call: Call, _ digest: String) async throws -> Response {
        let digest = try checked(digest)
        let wasThere = try await isThere(digest, call.principal)
        let upload = try service.beginUpload(digest: digest, size: call.announcedLength, as: call.principal)
        var received: UInt64 = 0
        for try await buffer in call.body {
            received += UInt64(buffer.readableBytes)
            try await FilePieces.read { try buffer.withUnsafeReadableBytes { try upload.write($0) } }
        }
        try call.checkWhole(received)
        let blob = try await upload.finish()
        return try Answer.json(
            blob, status: wasThere ? .ok : .created, headers: [.location: "/v1/blobs/\(blob.digest)"])
    }

    func head(_ call: Call, _ digest: String) async throws -> Response {
        let blob = try await service.blob(try checked(digest), as: call.principal)
        var headers: HTTPFields = [
            .contentLength: String(blob.size), .contentType: "application/octet-stream",
            .eTag: EntityTag(opaque: blob.digest).description, .cacheControl: "no-store",
        ]
        headers[.reprDigest] = DigestField.sha256(blob.digest)
        return Response(status: .ok, headers: headers)
    }

    private func isThere(_ digest: String, _ principal: Principal) async throws -> Bool {
        do throws(ServiceFault) {
            _ = try await service.blob(digest, as: principal)
            return true
        } catch {
            guard error.code == .notFound else { throw error }
            return false
        }
    }

    private func checked(_ digest: String) throws(HTTPProblem) -> String {
        guard let digest = BuildDocumentReader.sha256(digest) else {
            throw HTTPProblem(.invalidRequest, "a blob is named by its SHA-256: 64 hexadecimal digits in lower case")
        }
        return digest
    }
}
