/// What a client asks to be built: the JSON body of POST /v1/builds, or its `request` part. What is
/// left out is as `buildbox run` has it.
public struct BuildDocument: Codable, Equatable, Sendable {
    /// Where the source is; nil where it comes along in the same request.
    public var source: SourceDocument?
    /// Build a source distribution, a wheel. Neither: a source distribution, and a wheel from it.
    public var sdist: Bool?
    public var wheel: Bool?
    public var noIsolation: Bool?
    public var skipDependencyCheck: Bool?
    /// Settings for the build backend (PEP 517).
    public var configSettings: [String: SettingValue]?
    /// Constraints on the build requirements: the text of a constraints file.
    public var dependencyConstraints: String?
    /// -2 (quietest) to 2.
    public var verbosity: Int?
    /// A version such as `3.12`; never a path.
    public var python: String?
    /// Variables for the build.
    public var environment: [String: String]?
    public var offline: Bool?
    /// The name of a sandbox profile that the operator has.
    public var profile: String?
    public var limits: LimitsDocument?
    /// -10 to 10, higher first. It orders a grant's own jobs only.
    public var priority: Int?
    /// Seconds that the job may wait for its turn.
    public var queueTimeoutS: Int?
    /// Seconds that the whole job may run; each phase has `limits.time_ms` besides.
    public var runTimeoutS: Int?

    public init(source: SourceDocument? = nil) {
        self.source = source
    }
}
