import BuildAPI
import FoundationEssentials
import SystemPackage

/// Where jobs are kept. What a method answers is on the disk; what throws changed nothing. Tests stand in for it to
/// fail at each step.
protocol JobStore: Sendable {
    /// Admits a job, or finds the one that an earlier request with the same key made. The decision is in the audit log.
    ///
    /// - Throws: ``ServiceFault`` with the code `idempotencyMismatch`, or `notFound` when its source is gone.
    func admit(_ job: NewJob) async throws(ServiceFault) -> (record: JobRecord, isReplay: Bool)

    /// The job of an earlier request with the key.
    ///
    /// - Throws: ``ServiceFault`` with the code `idempotencyMismatch`.
    func replay(of key: NewJob.Key, owner: String) async throws(ServiceFault) -> JobRecord?

    func job(_ id: JobID) async throws(ServiceFault) -> JobRecord?

    /// Jobs, the newest first, without results.
    ///
    /// - Parameters:
    ///   - owner: Nil for all grants.
    ///   - states: Nil for all states.
    ///   - before: Only older ones than this.
    ///   - limit: How many at most.
    /// - Returns: The jobs.
    /// - Throws: ``ServiceFault`` with the code `storeUnavailable`.
    func jobs(owner: String?, states: Set<JobState>?, before: JobID?, limit: Int) async throws(ServiceFault)
        -> [JobRecord]

    /// Lets something happen to a job, in one transaction: the machine decides, and what it decides is kept. Where it
    /// ends, `ending` says with what; its files are in the blob store before the end is, and the audit log has it.
    ///
    /// - Parameters:
    ///   - event: What happens.
    ///   - id: To which job.
    ///   - now: When.
    ///   - subject: Who wanted it, for the audit log; nil for the service itself.
    ///   - ending: Asked for when the job ends, with the job as it is then.
    /// - Returns: The job as it is now, and what is to be done; nil when there is no such job.
    /// - Throws: ``ServiceFault`` with the code `storeUnavailable`; then nothing happened.
    func apply(
        _ event: JobMachine.Event, to id: JobID, at now: Date, subject: String?,
        ending: @escaping @Sendable (JobRecord, JobMachine.End) -> JobEnding
    ) async throws(ServiceFault) -> (record: JobRecord, action: JobMachine.Action)?

    /// All jobs that are queued or running, in the order of their admission.
    func unended() async throws(ServiceFault) -> [UnendedJob]

    /// Queued jobs whose time in the queue is over, and when the next one's is.
    func overdue(at now: Date) async throws(ServiceFault) -> (jobs: [JobID], next: Date?)

    /// All jobs that there are.
    func all() async throws(ServiceFault) -> Set<JobID>

    /// Forgets a job that ended. False when it has not, or is not there.
    func delete(_ id: JobID, at now: Date, subject: String?) async throws(ServiceFault) -> Bool

    /// Ended jobs that are too old, or beyond the bytes that all may take, the oldest first.
    func expired(endedBefore date: Date, bytes: UInt64) async throws(ServiceFault) -> [JobID]

    func artifact(_ name: String, of id: JobID) async throws(ServiceFault) -> StoredArtifact?

    /// Makes a file a blob and an upload of a grant.
    ///
    /// - Parameters:
    ///   - file: It has gone to the blob store afterwards.
    ///   - blob: Its digest and size.
    ///   - owner: The grant.
    ///   - subject: Who it was, for the audit log.
    ///   - now: When.
    ///   - most: Bytes that the grant may have without a job.
    /// - Throws: ``ServiceFault`` with the code `tooLarge` for more than that.
    func upload(
        _ file: FilePath, as blob: BlobDocument, owner: String, subject: String, at now: Date, most: UInt64
    ) async throws(ServiceFault)

    /// A blob that a grant uploaded and that is still kept for it.
    func uploaded(_ digest: String, owner: String) async throws(ServiceFault) -> BlobDocument?

    /// Forgets old keys and uploads, and removes each blob that no job and no upload has any more.
    ///
    /// - Returns: How many blobs.
    func collect(keysBefore: Date, uploadsBefore: Date) async throws(ServiceFault) -> Int

    /// Removes files that a crash left in the blob store without anybody's knowing.
    func sweepBlobs() async throws(ServiceFault)

    /// Takes back in the audit log what a crash kept from being done.
    func reconcileAudit(at now: Date) async throws(ServiceFault)

    /// Writes something, to find out whether it can be.
    func probe(at now: Date) async throws(ServiceFault)
}
