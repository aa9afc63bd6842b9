public import Linux
public import SandboxProtocol

/// One command to run: what it is, what it sees, what it may use.
public struct SandboxRequest: Sendable {
    /// argv; the first word is an absolute path inside.
    public var arguments: [String]
    /// The whole environment: nothing is inherited.
    public var environment: [String: String]
    /// Absolute path inside.
    public var workingDirectory: String
    public var network: NetworkAccess
    /// Gets the listening socket that ``NetworkAccess/proxy(port:)`` asks for, once, while the command
    /// may be running already: what connects meanwhile waits in the socket's queue. Called on the
    /// thread that supervises the run, which it must not hold up.
    public var listener: (@Sendable (consuming OwnedDescriptor) -> Void)?
    /// What the command sees beside the base: see ``HostView``.
    public var mounts: [MountStep]
    public var limits: SandboxLimits
    public var profile: SandboxProfile
    public var role: JobRole
    /// Layers that may be missing; the outcome says which were.
    public var allowMissing: LayerSet
    /// A scratch folder inside that the supervisor reads afterwards (``SandboxOutcome/output``).
    public var outputPath: String?
    /// Whether the command gets descriptor 3 to report on (``SandboxOutcome/report``).
    public var wantsReport: Bool
    /// The terminal of an interactive command. Its output is not logged, and no log limit holds for it.
    public var terminal: PseudoTerminal?
    /// Whether a command like it is expected after it: a launcher is made ready for that one, where the sandbox keeps any.
    public var hasSuccessor: Bool

    public init(
        arguments: [String], environment: [String: String] = [:], workingDirectory: String = "/",
        network: NetworkAccess = .none, listener: (@Sendable (consuming OwnedDescriptor) -> Void)? = nil,
        mounts: [MountStep] = [], limits: SandboxLimits = SandboxLimits(),
        profile: SandboxProfile, role: JobRole = .job, allowMissing: LayerSet = [], outputPath: String? = nil,
        wantsReport: Bool = false, terminal: PseudoTerminal? = nil, hasSuccessor: Bool = true
    ) {
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.network = network
        self.listener = listener
        self.mounts = mounts
        self.limits = limits
        self.profile = profile
        self.role = role
        self.allowMissing = allowMissing
        self.outputPath = outputPath
        self.wantsReport = wantsReport
        self.terminal = terminal
        self.hasSuccessor = hasSuccessor
    }

    /// Whether the command can write to folders of the host.
    var writesToHost: Bool {
        mounts.contains { if case .bind(_, _, let access) = $0 { access.isWritable } else { false } }
    }
}
