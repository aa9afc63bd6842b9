public import BuildAPI
import FoundationEssentials
public import SystemPackage

/// What an operator can set of a service.
public struct ServiceSettings: Sendable {
    /// $BUILDBOX_HOME; the service's own files lie in its folder `service`.
    public var home: FilePath
    /// Builds that run at once, 1 and up.
    public var running: Int
    /// Jobs that may wait, of all grants together.
    public var queued: Int
    public var queuedPerGrant: Int
    /// Jobs of one grant that may wait for an approval.
    public var awaitingPerGrant: Int
    /// Bytes of one upload or packed folder.
    public var largestSource: UInt64
    /// Bytes of uploads that one grant may have without a job.
    public var uploadedPerGrant: UInt64
    /// How long a job waits where its request does not say; the most that one may ask for.
    public var queueTime: Duration
    public var largestQueueTime: Duration
    /// How long a job runs where its request does not say; the most that one may ask for.
    public var runTime: Duration
    public var largestRunTime: Duration
    /// Attempts that may be lost with the service before the job ends as an error.
    public var attempts: Int
    /// How long running jobs may go on once the service is to stop; then they go back to the queue.
    public var drainTime: Duration
    /// Jobs that ended are kept this long, and while they take less than so many bytes together.
    public var retentionAge: Duration
    public var retentionBytes: UInt64
    /// How long an upload without a job is kept.
    public var uploadLife: Duration
    /// How long an Idempotency-Key is remembered.
    public var idempotencyLife: Duration
    /// Folders below which a request may name one; none: folders are refused.
    public var folderRoots: [FilePath]
    /// The largest limits that a request may ask for; nil in it: whatever the sandbox takes.
    public var largestLimits: LimitsDocument
    /// Profiles that a request may name; nil: every one that has a name.
    public var profiles: Set<String>?
    /// Names of interpreters that a request may have beside versions.
    public var interpreters: Set<String>
    /// Bytes of the disk that new jobs leave alone, so that running ones can end.
    public var reserve: UInt64

    public init(home: FilePath) {
        self.home = home
        running = max(1, ProcessInfo.processInfo.activeProcessorCount)
        queued = 10_000
        queuedPerGrant = 1_000
        awaitingPerGrant = 10
        largestSource = 512 << 20
        uploadedPerGrant = 4 << 30
        queueTime = .seconds(24 * 3600)
        largestQueueTime = .seconds(7 * 24 * 3600)
        runTime = .seconds(3600)
        largestRunTime = .seconds(6 * 3600)
        attempts = 3
        drainTime = .seconds(300)
        retentionAge = .seconds(7 * 24 * 3600)
        retentionBytes = 20 << 30
        uploadLife = .seconds(24 * 3600)
        idempotencyLife = .seconds(24 * 3600)
        folderRoots = []
        interpreters = []
        largestLimits = LimitsDocument()
        largestLimits.timeMs = 3_600_000
        largestLimits.memoryBytes = 16 << 30
        largestLimits.diskBytes = 16 << 30
        largestLimits.pids = 8192
        largestLimits.logBytes = 4 << 30
        reserve = 64 << 20
    }
}
