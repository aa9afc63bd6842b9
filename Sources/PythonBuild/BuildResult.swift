import FoundationEssentials
public import Sandbox
import SandboxProtocol

/// The result document `buildbox.result/v1`: everything that is known of a build that ended.
public struct BuildResult: Codable, Sendable {
    public enum Status: String, Codable, Sendable {
        case succeeded, failed, stopped, refused, cancelled, error
    }

    public struct Reason: Codable, Sendable {
        public var code: String
        public var message: String
        /// The limit that was hit, such as `memory`, and its figures in the limit's unit (bytes,
        /// milliseconds or a count).
        public var limit: Limit?
        public var observed: UInt64?

        public init(code: String, message: String, limit: Limit? = nil, observed: UInt64? = nil) {
            self.code = code
            self.message = message
            self.limit = limit
            self.observed = observed
        }
    }

    public struct Limit: Codable, Sendable {
        public var name: String
        public var value: UInt64

        public init(name: String, value: UInt64) {
            self.name = name
            self.value = value
        }
    }

    public struct Resources: Codable, Sendable {
        public var wallMs: UInt64 = 0
        public var cpuMs: UInt64 = 0
        public var memoryPeakBytes: UInt64 = 0
        public var pidsPeak: UInt64 = 0
        public var diskPeakBytes: UInt64 = 0
        public var diskPeakInodes: UInt64 = 0
        /// Bytes that write(2) and its kin took, to files, pipes and the log.
        public var writtenBytes: UInt64 = 0
        public var logBytes: UInt64 = 0
        public var logDroppedBytes: UInt64 = 0

        public init(
            wallMs: UInt64 = 0, cpuMs: UInt64 = 0, memoryPeakBytes: UInt64 = 0, pidsPeak: UInt64 = 0,
            diskPeakBytes: UInt64 = 0, diskPeakInodes: UInt64 = 0, writtenBytes: UInt64 = 0, logBytes: UInt64 = 0,
            logDroppedBytes: UInt64 = 0
        ) {
            self.wallMs = wallMs
            self.cpuMs = cpuMs
            self.memoryPeakBytes = memoryPeakBytes
            self.pidsPeak = pidsPeak
            self.diskPeakBytes = diskPeakBytes
            self.diskPeakInodes = diskPeakInodes
            self.writtenBytes = writtenBytes
            self.logBytes = logBytes
            self.logDroppedBytes = logDroppedBytes
        }
    }

    public struct SandboxReport: Codable, Sendable {
        public var profile: String
        /// The layers that stood around every phase that ran project code.
        public var layers: [String]
        /// Layers that the caller allowed to be missing, and that were.
        public var missing: [String]
        /// How the source was shown: `overlay`, `copy` (a folder), `archive` (a source distribution, which the
        /// frontend unpacks) or `unpack` (an archive of a project folder).
        public var staging: String?

        public init(profile: String, layers: [String], missing: [String], staging: String?) {
            self.profile = profile
            self.layers = layers
            self.missing = missing
            self.staging = staging
        }
    }

    public var schema = "buildbox.result/v1"
    public var id: String
    public var status: Status
    public var reason: Reason?
    /// The exit code of `buildbox run` for this result.
    public var exitCode: Int32
    /// The signal that ended the build, where one did.
    public var signal: Int32?
    public var artifacts: [Artifact]
    public var phases: [PhaseReport]
    public var resources: Resources
    public var environment: EnvironmentReport?
    /// What provisioning reached, and what it was not let reach; absent where it asked for nothing.
    public var connections: [ConnectionReport]?
    public var sandbox: SandboxReport

    public init(
        id: String, status: Status, reason: Reason? = nil, exitCode: Int32, signal: Int32? = nil,
        artifacts: [Artifact] = [], phases: [PhaseReport] = [], resources: Resources = Resources(),
        environment: EnvironmentReport? = nil, connections: [ConnectionReport]? = nil, sandbox: SandboxReport
    ) {
        self.id = id
        self.status = status
        self.reason = reason
        self.exitCode = exitCode
        self.signal = signal
        self.artifacts = artifacts
        self.phases = phases
        self.resources = resources
        self.environment = environment
        self.connections = connections
        self.sandbox = sandbox
    }

    /// The same result for those who are not on the host that built it: where artifacts lie is left out.
    public func withoutHostPaths() -> BuildResult {
        var result = self
        for index in result.artifacts.indices { result.artifacts[index].path = nil }
        return result
    }

    /// The document as JSON text, keys sorted, ending in a newline.
    public func document() throws -> String {
        let encoder = DocumentEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .iso8601
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }
}

extension BuildResult {
    /// The result of a build that could not even begin.
    public init(failure: BuildFailure, request: BuildRequest) {
        self = BuildJournal(events: { _ in }).result(id: "-", request: request, artifacts: [], failure: failure)
    }
}

extension BuildResult.Resources {
    /// What one contained command used; its wall-clock time is left to the caller.
    public init(_ outcome: SandboxOutcome) {
        cpuMs = outcome.usage.cpuMicroseconds / 1000
        memoryPeakBytes = outcome.usage.memoryPeakBytes
        pidsPeak = outcome.usage.pidsPeak
        diskPeakBytes = outcome.usage.scratchPeakBytes
        diskPeakInodes = outcome.usage.scratchPeakInodes
        writtenBytes = outcome.usage.writtenBytes
        logBytes = outcome.logBytes
        logDroppedBytes = outcome.logDroppedBytes
    }

    /// Adds a further command's: sums add up, peaks do not.
    mutating func add(_ other: Self) {
        cpuMs += other.cpuMs
        memoryPeakBytes = max(memoryPeakBytes, other.memoryPeakBytes)
        pidsPeak = max(pidsPeak, other.pidsPeak)
        diskPeakBytes = max(diskPeakBytes, other.diskPeakBytes)
        diskPeakInodes = max(diskPeakInodes, other.diskPeakInodes)
        writtenBytes += other.writtenBytes
        logBytes += other.logBytes
        logDroppedBytes += other.logDroppedBytes
    }
}
