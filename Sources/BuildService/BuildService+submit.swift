import Synchronization
import BuildAPI
import Crypto
import FoundationEssentials
import Linux
import SystemPackage

extension BuildService {
    /// Takes hold of an Idempotency-Key before the body of its request is read.
    ///
    /// - Parameters:
    ///   - key: 1 to 255 printable ASCII characters.
    ///   - principal: Whose grant the key belongs to.
    /// - Returns: The hold; the key is free again when it goes.
    /// - Throws: ``ServiceFault`` with the code `idempotencyConflict` while another request holds it, `invalidRequest`
    ///   for what is no key.
    public func claim(_ key: String, as principal: Principal) throws(ServiceFault) -> IdempotencyClaim {
        guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (33...126).contains($0) }) else {
            throw ServiceFault(
                .invalidRequest, "an Idempotency-Key is 1 to 255 printable ASCII characters without spaces")
        }
        let grant = principal.grant
        let name = "\(grant)\0\(key)"
        guard state.withLock({ $0.claims.insert(name).inserted }) else {
            throw ServiceFault(
                .idempotencyConflict,
                "a request with the Idempotency-Key \(key) is being answered: wait for its answer", retryAfter: 1)
        }
        return IdempotencyClaim(grant: grant, key: key) { [weak self] in
            self?.state.withLock { _ = $0.claims.remove(name) }
        }
    }

    /// Takes a job: it is synced to the disk when this returns.
    ///
    /// - Parameters:
    ///   - submission: What is to be built.
    ///   - principal: Who asks; the job is its grant's.
    /// - Returns: The job, new or, under a known Idempotency-Key, the earlier one.
    /// - Throws: ``ServiceFault``: `invalidRequest` with pointers, `notFound` for a blob that is not the grant's,
    ///   `folderRefused`, `tooLarge`, `idempotencyMismatch`, `grantQueueFull`, `queueFull`, `draining`,
    ///   `storeUnavailable`, `sandboxUnavailable`, `forbidden`; `policyDenied`, `rateLimited` and `approvalsFull` of the
    ///   policy, with its decision.
    public func submit(_ submission: Submission, as principal: Principal) async throws(ServiceFault) -> Admission {
        try await decided(.admission, as: principal) { () async throws(ServiceFault) -> Admission in
            try principal.require(.build)
            var document = submission.document
            // A policy decides on the folder that is packed, however it was spelt.
            if let folder = document.source?.folder {
                document.source?.folder = FilePath(folder).lexicallyNormalized().string
            }
            try DocumentCheck.check(document, settings)
            try builder.check(document)
            let fingerprint = sha256(Array(encoded(document).utf8))
            let key = submission.claim.map { self.named($0, fingerprint) }
            if let replay = try await replay(of: key, grant: principal.grant) { return replay }
            try requireReady()
            var resolved = document
            let terms = try terms(for: &resolved, submission.arguments, grant: principal.grant, as: principal)
            resolved.source = try await source(of: document, as: principal)
            return try await admit(
                resolved, key: key, retryOf: nil, terms: terms, grant: principal.grant, as: principal)
        }
    }

    /// Takes a new job with the request and source of one that ended, for the same grant.
    ///
    /// - Parameters:
    ///   - id: The job that ended.
    ///   - claim: The caller's hold on its Idempotency-Key.
    ///   - principal: Who asks.
    /// - Returns: The new job.
    /// - Throws: ``ServiceFault``: `conflict` while it has not ended, and what ``submit(_:as:)`` throws.
    public func retry(
        _ id: String, claim: IdempotencyClaim? = nil, as principal: Principal
    ) async throws(ServiceFault) -> Admission {
        try await decided(.retry, as: principal, job: id) { () async throws(ServiceFault) -> Admission in
            try principal.require(.build)
            let record = try await self.record(id, as: principal)
            guard record.machine.state.isEnd else {
                throw ServiceFault(
                    .conflict,
                    "the build \(id) is \(record.machine.state.rawValue): only one that has ended can be repeated")
            }
            let key = claim.map { self.named($0, sha256(Array("retry \(record.id)".utf8))) }
            if let replay = try await replay(of: key, grant: record.grant) { return replay }
            try requireReady()
            var document = record.document
            let terms = try terms(for: &document, nil, grant: record.grant, as: principal)
            return try await admit(
                document, key: key, retryOf: record.id, terms: terms, grant: record.grant, as: principal)
        }
    }

    /// Counts a decision, and writes down a refusal; what is allowed is written down where it is made.
    private func decided(
        _ name: AuditEvent.Name, as principal: Principal, job: String? = nil,
        _ body: () async throws(ServiceFault) -> Admission
    ) async throws(ServiceFault) -> Admission {
        do throws(ServiceFault) {
            let admission = try await body()
            if !admission.isReplay { metrics.admitted() }
            return admission
        } catch {
            metrics.refused(error)
            audit(
                AuditEvent(
                    name, grant: principal.grant, subject: principal.subject, job: job, decision: .refused,
                    reason: error.code.rawValue, details: error.decision?.auditDetails ?? [:]))
            throw error
        }
    }

    private func named(_ claim: IdempotencyClaim, _ fingerprint: String) -> NewJob.Key {
        NewJob.Key(text: claim.key, fingerprint: fingerprint, since: clock.now - settings.idempotencyLife)
    }

    private func replay(of key: NewJob.Key?, grant: String) async throws(ServiceFault) -> Admission? {
        guard let key else { return nil }
        let known = try await stored { () throws(ServiceFault) in try await store.replay(of: key, owner: grant) }
        return known.map { Admission(job: document($0), isReplay: true) }
    }

    func requireReady() throws(ServiceFault) {
        switch readiness {
        case .ready: return
        case .starting: throw ServiceFault(.starting, "the service is starting", retryAfter: 1)
        case .draining:
            throw ServiceFault(.draining, "the service is stopping and takes no new builds", retryAfter: 10)
        case .storeUnavailable(let reason): throw ServiceFault(.storeUnavailable, reason, retryAfter: 60)
        case .sandboxUnavailable(let reason): throw ServiceFault(.sandboxUnavailable, reason, retryAfter: 60)
        }
    }

    private func source(of document: BuildDocument, as principal: Principal) async throws(ServiceFault)
        -> SourceDocument
    {
        guard var source = document.source else { throw ServiceFault.invalid("/source", "there is no source") }
        if let folder = source.folder {
            let packed = try await pack(FilePath(folder), as: principal)
            source.blob = packed.digest
            source.name = packed.name
            source.size = packed.size
            return source
        }
        guard let digest = source.blob, let blob = try await uploaded(digest, by: principal.grant) else {
            throw ServiceFault(
                .notFound,
                "the grant \(principal.grant) has no blob \(source.blob ?? ""): upload it (PUT /v1/blobs/{digest})",
                faults: [ProblemDocument.Fault(pointer: "/source/blob", detail: "there is no such blob of this grant")])
        }
        source.size = blob.size
        return source
    }

    /// Packs a folder, whose path has no `..` and the like, so that what was admitted is what is built however long it waits.
    private func pack(_ folder: FilePath, as principal: Principal) async throws(ServiceFault) -> PackedSource {
        let roots = settings.folderRoots.filter { folder.starts(with: $0) }
        guard let packer, let root = roots.max(by: { $0.components.count < $1.components.count }) else {
            throw ServiceFault(
                .folderRefused,
                "the folder \(folder) does not lie below a root that the operator allows: upload an archive of it",
                faults: [ProblemDocument.Fault(pointer: "/source/folder", detail: "it lies below no allowed root")])
        }
        let draft = try blobs.draft()
        let packed = try await packer.pack(folder, below: root, into: draft.path, largest: settings.largestSource)
        try await keep(draft, BlobDocument(digest: packed.digest, size: packed.size), as: principal)
        return packed
    }

    private func admit(
        _ document: BuildDocument, key: NewJob.Key?, retryOf: JobID?, terms: PolicyTerms?, grant: String,
        as principal: Principal
    ) async throws(ServiceFault) -> Admission {
        let reserved = state.withLock { state in
            Result { () throws(ServiceFault) in try state.reserve(grant, settings: settings) }
        }
        try reserved.get()
        let now = clock.now.wholeMilliseconds
        let job = NewJob(
            id: ids.next(at: now), grant: grant, subject: principal.subject, priority: document.priority ?? 0,
            document: document, source: document.source ?? SourceDocument(), retryOf: retryOf, createdAt: now,
            queueDeadline: now + (document.queueTimeoutS.map { .seconds($0) } ?? settings.queueTime),
            runTime: document.runTimeoutS.map { .seconds($0) } ?? settings.runTime, key: key, policy: terms)
        let admitted: (record: JobRecord, isReplay: Bool)
        do throws(ServiceFault) {
            admitted = try await store.admit(job)
        } catch {
            state.withLock { $0.release(grant) }
            failed(error)
            throw error
        }
        state.withLock { state in
            state.release(grant)
            guard !admitted.isReplay else { return }
            if admitted.record.machine.state == .queued {
                state.queue.insert(admitted.record.id, at: admitted.record.queuePlace)
            }
            let deadline = admitted.record.queueDeadline
            state.nextDeadline = state.nextDeadline.map { min($0, deadline) } ?? deadline
        }
        wake.raise()
        reportJobs()
        return Admission(job: self.document(admitted.record), isReplay: admitted.isReplay)
    }
}
