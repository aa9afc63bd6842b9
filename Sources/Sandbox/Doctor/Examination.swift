public import SystemPackage

/// The document `buildbox.doctor/v1`: whether builds can run here at full strength, and if not why, and what to do.
public struct Examination: Encodable, Sendable {
    public struct Host: Encodable, Sendable {
        public let kernel: String
        public let architecture: String
        public let user: UInt32
        /// `host`, `service`, or a kind of container.
        public let surroundings: String
    }

    public let schema = "buildbox.doctor/v1"
    public let host: Host
    public private(set) var findings: [Finding]
    /// Whether every required finding is good.
    public private(set) var fullStrength: Bool

    init(_ facts: HostFacts) {
        host = Host(
            kernel: facts.kernel.description, architecture: facts.architecture, user: facts.user,
            surroundings: facts.surroundings.rawValue)
        findings = Diagnosis(facts: facts).findings()
        fullStrength = findings.allSatisfy { $0.state == .good || !$0.required }
    }

    /// Tries every primitive of this host, each in a process of its own and with a timeout, and at last runs
    /// /bin/true contained.
    ///
    /// - Parameters:
    ///   - launcher: The `buildbox-launcher` executable.
    ///   - state: The state folder; a folder for compiled filters is made in it.
    ///   - profile: The file of the sandbox profile to run with.
    /// - Returns: What was found out.
    public static func perform(launcher: FilePath, state: FilePath, profile: FilePath) async -> Examination {
        Examination(await HostFacts.gather(launcher: launcher, state: state, profile: profile))
    }

    /// Adds what others found out, before the last finding.
    public mutating func add(_ more: [Finding]) {
        findings.insert(contentsOf: more, at: findings.count - 1)
        fullStrength = findings.allSatisfy { $0.state == .good || !$0.required }
    }
}
