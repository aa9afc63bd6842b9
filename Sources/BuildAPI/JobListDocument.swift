/// A page of jobs, the newest first.
public struct JobListDocument: Codable, Sendable {
    /// Without their results.
    public var builds: [JobDocument]
    /// For the next page; nil on the last.
    public var nextCursor: String?

    public init(builds: [JobDocument], nextCursor: String? = nil) {
        self.builds = builds
        self.nextCursor = nextCursor
    }
}
