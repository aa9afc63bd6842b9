public import SystemPackage

/// What an operator can set of the MCP server.
public struct ServerSettings: Sendable {
    /// buildbox's version, which clients are told.
    public var version: String
    /// Folders of this host below which callers may name projects and output folders.
    public var roots: [FilePath]
    /// Bytes of an artifact that `resources/read` hands out; larger ones are fetched otherwise.
    public var largestResource: UInt64
    /// How often a caller hears of progress, where there is nothing else to tell. At most 10 s.
    public var progressInterval: Duration
    /// How long a call waits whose client takes a task for an answer, before it gets one.
    public var patience: Duration
    /// How long a task and its result are kept, in milliseconds, as far as clients are told.
    public var taskLife: Int64
    /// What a caller can do where `resources/read` hands out too little.
    public var fetchAdvice: String

    public init(version: String, roots: [FilePath], fetchAdvice: String) {
        self.version = version
        self.roots = roots
        self.fetchAdvice = fetchAdvice
        largestResource = 4 << 20
        progressInterval = .seconds(5)
        patience = .seconds(10)
        taskLife = 7 * 24 * 3_600_000
    }
}
