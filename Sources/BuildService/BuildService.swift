import BuildAPI
import FoundationEssentials
import Linux
import Logging
import Policy
public import ServiceLifecycle
import Synchronization

/// Takes build jobs, keeps them, runs them in a fair order, and loses none: the service without its front doors.
///
/// Every method that answers a caller takes the ``Principal`` that asks and enforces what it may: jobs of other grants
/// are not there (`notFound`), a missing scope is `forbidden`.
public final class BuildService: Service {
    public let settings: ServiceSettings
    public let tokens: TokenStore

    let builder: any Builder
    let packer: (any FolderPacker)?
    let clock: any ServiceClock
    let files: ServiceFiles
    let lock: HomeLock
    let store: any JobStore
    /// The same, for what a policy needs besides.
    let policyStore: SQLiteJobStore
    /// The policy that is kept; without one callers may do what their scopes allow.
    public let policy: PolicySource?
    let blobs: any BlobStore
    let auditLog: AuditLog
    let logs: JobLogs
    let metrics = ServiceMetrics()
    let logger = Logger(label: "buildbox.service")
    let ids = JobIDSource()
    let state = Mutex(ServiceState())
    let limiter = Mutex(AuditLimiter())
    /// Raised when a job may be started, or the service is to stop.
    let wake = Signal()
    /// Raised when the store may work again, or nobody is to wait for it any more.
    let storeChanged = Signal()

    /// Opens the stores and takes the home for this process alone. Jobs can be read at once; they run, and new ones
    /// are taken, while ``run()`` does.
    ///
    /// - Parameters:
    ///   - settings: What the operator set.
    ///   - builder: Runs the builds.
    ///   - packer: Packs folders; without one they are refused.
    ///   - clock: For deadlines, retention and expiry.
    ///   - policy: Decides on every build, whichever way it is asked for.
    /// - Throws: ``ServiceFault`` with the code `storeUnavailable`: another service has the home, or it cannot be used.
    public convenience init(
        settings: ServiceSettings, builder: any Builder, packer: (any FolderPacker)? = nil,
        clock: any ServiceClock = SystemClock(), policy: PolicySource? = nil
    ) throws(ServiceFault) {
        try self.init(
            settings: settings, builder: builder, packer: packer, clock: clock, policy: policy, blobs: { $0 },
            store: { $0 })
    }

    /// As the other one, with stores that may stand in for the real ones: each is handed the real one.
    init(
        settings: ServiceSettings, builder: any Builder, packer: (any FolderPacker)? = nil, clock: any ServiceClock,
        policy: PolicySource? = nil, blobs: (any BlobStore) -> any BlobStore, store: (any JobStore) -> any JobStore
    ) throws(ServiceFault) {
        self.settings = settings
        self.builder = builder
        self.packer = packer
        self.clock = clock
        files = ServiceFiles(home: settings.home)
        try files.prepare()
        lock = try HomeLock(files.lock)
        auditLog = try AuditLog(path: files.audit)
        let database = AuditedDatabase(database: try ServiceDatabase(path: files.database), log: auditLog)
        self.blobs = blobs(try FolderBlobStore(folder: files.blobs))
        let newest = try database.database.readAtOnce("read the policy's counters") {
            try SQLiteCounterStore.newest($0)
        }
        policyStore = SQLiteJobStore(
            database: database, blobs: self.blobs, counterClock: CounterClock(notBefore: newest))
        self.store = store(policyStore)
        self.policy = policy
        tokens = TokenStore(database: database, clock: clock)
        logs = JobLogs(folder: files.jobs)
    }

    /// Whether new jobs are taken now, and why not.
    public var readiness: Readiness {
        let (mode, storeFault, obstacle) = state.withLock { ($0.mode, $0.storeFault, $0.obstacle) }
        switch mode {
        case .draining: return .draining
        case .starting: return storeFault.map { .storeUnavailable($0) } ?? .starting
        case .running: break
        }
        if let fault = storeFault ?? spaceFault() { return .storeUnavailable(fault) }
        if let obstacle { return .sandboxUnavailable(obstacle) }
        return .ready
    }

    /// Writes down what a front door decided, such as an authentication that it refused. Never fails a request: what
    /// cannot be written makes the store unavailable. Refusals beyond 20 a second are only counted.
    public func audit(_ event: AuditEvent) {
        let now = clock.now
        let passed: AuditEvent? = event.decision == .refused ? limiter.withLock { $0.pass(event, at: now) } : event
        guard let passed else { return }
        do throws(ServiceFault) {
            try auditLog.append(passed, at: now, durable: false)
        } catch {
            failed(error)
        }
    }

    /// Why new jobs are not to be promised though the store works: what is left of the disk is for running ones.
    func spaceFault() -> String? {
        do throws(SystemCallError) {
            let free = try lock.free()
            if free > settings.reserve { return nil }
            return
                "the disk of \(files.folder) has \(free) bytes left, and \(settings.reserve) are kept for running builds"
        } catch {
            return "cannot tell how full the disk of \(files.folder) is: \(error)"
        }
    }

    /// Takes note of a store that does not work; ``tick()`` finds out when it does again.
    func failed(_ fault: ServiceFault) {
        guard fault.code == .storeUnavailable else { return }
        let isNew = state.withLock { state in
            defer { state.storeFault = fault.message }
            return state.storeFault == nil
        }
        if isNew {
            logger.error("the store does not work; new builds are refused", metadata: ["reason": "\(fault.message)"])
        }
    }

    /// Does something with the store, and takes note when it does not work.
    func stored<Value>(_ body: () async throws(ServiceFault) -> Value) async throws(ServiceFault) -> Value {
        do throws(ServiceFault) {
            return try await body()
        } catch {
            failed(error)
            throw error
        }
    }

    /// The job, if this caller may see it.
    func record(_ id: String, as principal: Principal) async throws(ServiceFault) -> JobRecord {
        guard let known = JobID(id),
            let record = try await stored({ () throws(ServiceFault) in try await store.job(known) }),
            principal.sees(record.grant)
        else { throw ServiceFault.notFound(id) }
        return record
    }

    func document(_ record: JobRecord) -> JobDocument {
        let (position, phase) = state.withLock { state in
            (
                record.machine.state == .queued ? state.queue.position(of: record.queuePlace) : nil,
                record.machine.state == .running ? state.running[record.id]?.phase : nil
            )
        }
        return record.document(position: position, phase: phase)
    }
}

extension JobRecord {
    var queuePlace: FairQueue.Place { FairQueue.Place(grant: grant, priority: priority, place: place) }

    /// Nil while it has not ended.
    var end: JobEnd? {
        guard machine.state.isEnd, let endedAt, let exitCode else { return nil }
        return JobEnd(state: machine.state, exitCode: exitCode, attempt: machine.attempt, time: endedAt)
    }
}
