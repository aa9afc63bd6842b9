public import BuildAPI
public import PythonBuild
public import ServiceLifecycle

/// Takes build jobs, keeps them, runs them in a fair order, and loses none: the service without its front doors.
///
/// Every method that answers a caller takes the ``Principal`` that asks and enforces what it may: jobs of other grants
/// are not there (`notFound`), a missing scope is `forbidden`.
public final class BuildService: Service {
    public let settings: ServiceSettings
    public let tokens: TokenStore

    /// Opens the stores and takes the home for this process alone. Jobs can be read at once; they run, and new ones
    /// are taken, while ``run()`` does.
    ///
    /// - Throws: ``ServiceFault`` with the code `storeUnavailable`: another service has the home, or it cannot be used.
    public init(
        settings: ServiceSettings, builder: any Builder, packer: (any FolderPacker)? = nil,
        clock: any ServiceClock = SystemClock()
    ) throws(ServiceFault) {
        self.settings = settings
        tokens = try TokenStore(home: settings.home, clock: clock)
    }

    /// Recovers what was left behind, then runs jobs. On graceful shutdown no more are taken or started, and it returns
    /// when the running ones have ended, or have gone back to the queue after the drain time. Cancelling the task stops
    /// them at once; they go back to the queue too.
    public func run() async throws {}

    /// Whether new jobs are taken now, and why not.
    public var readiness: Readiness { .starting }

    // MARK: Admission

    /// Takes hold of an Idempotency-Key before the body of its request is read.
    ///
    /// - Parameter key: 1 to 255 printable ASCII characters.
    /// - Throws: ``ServiceFault`` with the code `idempotencyConflict` while another request holds it.
    public func claim(_ key: String, as principal: Principal) throws(ServiceFault) -> IdempotencyClaim {
        throw ServiceFault(.internalFault, "not there yet")
    }

    /// Takes a job: it is synced to the disk when this returns.
    ///
    /// - Throws: ``ServiceFault``: `invalidRequest` with pointers, `notFound` for a blob that is not the grant's,
    ///   `folderRefused`, `tooLarge`, `idempotencyMismatch`, `grantQueueFull`, `queueFull`, `draining`,
    ///   `storeUnavailable`, `sandboxUnavailable`, `forbidden`.
    public func submit(_ submission: Submission, as principal: Principal) async throws(ServiceFault) -> Admission {
        throw ServiceFault(.internalFault, "not there yet")
    }

    // MARK: Jobs

    /// - Throws: ``ServiceFault`` with the code `notFound`, also for what is no id at all.
    public func job(_ id: String, as principal: Principal) async throws(ServiceFault) -> JobDocument {
        throw ServiceFault(.internalFault, "not there yet")
    }

    /// A page of jobs, the newest first, without their results.
    ///
    /// - Throws: ``ServiceFault`` with the code `invalidRequest` for a cursor that is none.
    public func jobs(_ query: JobQuery, as principal: Principal) async throws(ServiceFault) -> JobListDocument {
        throw ServiceFault(.internalFault, "not there yet")
    }

    /// Waits for a job's end. Being cancelled meanwhile does nothing to the job.
    ///
    /// - Returns: The job at its end, or as it stands when the time is over or the task is cancelled.
    public func waitForEnd(
        of id: String, atMost time: Duration, as principal: Principal
    ) async throws(ServiceFault) -> JobDocument {
        throw ServiceFault(.internalFault, "not there yet")
    }

    /// Asks a job to end. A queued one has ended when this returns; a running one is being stopped; one that has ended
    /// stays as it is.
    public func cancel(_ id: String, as principal: Principal) async throws(ServiceFault) -> JobDocument {
        throw ServiceFault(.internalFault, "not there yet")
    }

    /// Takes a new job with the request and source of one that ended, for the same grant.
    ///
    /// - Throws: ``ServiceFault``: `conflict` while it has not ended, and what ``submit(_:as:)`` throws.
    public func retry(
        _ id: String, claim: IdempotencyClaim? = nil, as principal: Principal
    ) async throws(ServiceFault) -> Admission {
        throw ServiceFault(.internalFault, "not there yet")
    }

    /// Forgets a job that ended, with its log and artifacts.
    ///
    /// - Throws: ``ServiceFault`` with the code `conflict` while it has not ended.
    public func delete(_ id: String, as principal: Principal) async throws(ServiceFault) {
        throw ServiceFault(.internalFault, "not there yet")
    }

    /// - Throws: ``ServiceFault`` with the code `notEnded` while there is none.
    public func result(of id: String, as principal: Principal) async throws(ServiceFault) -> BuildResult {
        throw ServiceFault(.internalFault, "not there yet")
    }

    // MARK: What jobs leave

    /// The events of a job after a sequence (0: all), to its end.
    public func events(
        of id: String, after sequence: UInt64 = 0, as principal: Principal
    ) async throws(ServiceFault) -> JobEvents {
        throw ServiceFault(.internalFault, "not there yet")
    }

    /// The log of an attempt, of the last one where none is named. A job that has not run has an empty one.
    ///
    /// - Throws: ``ServiceFault`` with the code `notFound` for an attempt that was not made.
    public func log(
        of id: String, attempt: Int? = nil, as principal: Principal
    ) async throws(ServiceFault) -> LogReader {
        throw ServiceFault(.internalFault, "not there yet")
    }

    /// - Throws: ``ServiceFault`` with the code `notFound`; `notEnded` while the job could still make it.
    public func artifact(
        _ name: String, of id: String, as principal: Principal
    ) async throws(ServiceFault) -> ArtifactFile {
        throw ServiceFault(.internalFault, "not there yet")
    }

    // MARK: Uploads

    /// Begins an upload.
    ///
    /// - Parameters:
    ///   - digest: The SHA-256 that it must have, hexadecimal; nil for any.
    ///   - size: Bytes that were announced, where they were: refused at once when they are too many.
    /// - Throws: ``ServiceFault``: `tooLarge`, `storeUnavailable`, `draining`, `forbidden`, `invalidRequest` for a digest
    ///   that is none.
    public func beginUpload(
        digest: String? = nil, size: UInt64? = nil, as principal: Principal
    ) throws(ServiceFault) -> BlobUpload {
        throw ServiceFault(.internalFault, "not there yet")
    }

    /// A blob that this grant uploaded and that is still kept for it.
    ///
    /// - Throws: ``ServiceFault`` with the code `notFound`, also for what another grant uploaded.
    public func blob(_ digest: String, as principal: Principal) async throws(ServiceFault) -> BlobDocument {
        throw ServiceFault(.internalFault, "not there yet")
    }

    // MARK: Audit

    /// Writes down what a front door decided, such as an authentication that it refused. Never fails a request: what
    /// cannot be written makes the store unavailable.
    public func audit(_ event: AuditEvent) {}
}
