public import BuildAPI
import FoundationEssentials
import SystemPackage

extension BuildService {
    /// Begins an upload.
    ///
    /// - Parameters:
    ///   - digest: The SHA-256 that it must have, hexadecimal; nil for any.
    ///   - size: Bytes that were announced, where they were: refused at once when they are too many.
    ///   - principal: Who asks; the upload is its grant's.
    /// - Returns: Where the bytes go.
    /// - Throws: ``ServiceFault``: `tooLarge`, `storeUnavailable`, `draining`, `forbidden`, `invalidRequest` for a digest
    ///   that is none.
    public func beginUpload(
        digest: String? = nil, size: UInt64? = nil, as principal: Principal
    ) throws(ServiceFault) -> BlobUpload {
        try principal.require(.build)
        if let digest, !isDigest(digest) {
            throw ServiceFault(
                .invalidRequest, "a blob is named by the 64 hexadecimal digits of its SHA-256, in lower case")
        }
        if let size, size > settings.largestSource {
            throw ServiceFault(
                .tooLarge, "\(size) bytes were announced, and \(settings.largestSource) are the most that is taken")
        }
        try requireReady()
        return try BlobUpload(
            try blobs.draft(), expected: digest, largest: settings.largestSource, reserve: settings.reserve
        ) { [self] draft, blob throws(ServiceFault) in
            try await keep(draft, blob, as: principal)
        }
    }

    /// A blob that this grant uploaded and that is still kept for it.
    ///
    /// - Parameters:
    ///   - digest: Its SHA-256, hexadecimal.
    ///   - principal: Who asks.
    /// - Returns: Its digest and size.
    /// - Throws: ``ServiceFault`` with the code `notFound`, also for what another grant uploaded.
    public func blob(_ digest: String, as principal: Principal) async throws(ServiceFault) -> BlobDocument {
        guard isDigest(digest), let blob = try await uploaded(digest, by: principal.grant) else {
            throw ServiceFault(.notFound, "the grant \(principal.grant) has no blob \(digest): upload it")
        }
        return blob
    }

    func uploaded(_ digest: String, by grant: String) async throws(ServiceFault) -> BlobDocument? {
        try await stored { () throws(ServiceFault) in try await store.uploaded(digest, owner: grant) }
    }

    func keep(_ draft: BlobDraft, _ blob: BlobDocument, as principal: Principal) async throws(ServiceFault) {
        defer { withExtendedLifetime(draft) {} }
        try await stored { () throws(ServiceFault) in
            try await store.upload(
                draft.path, as: blob, owner: principal.grant, subject: principal.subject, at: clock.now,
                most: settings.uploadedPerGrant)
        }
        metrics.uploaded(blob.size)
    }
}
