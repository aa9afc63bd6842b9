/// What `buildbox audit verify` found.
public struct AuditReport: Codable, Equatable, Sendable {
    public struct Fault: Codable, Equatable, Sendable {
        /// From 1.
        public var line: Int
        public var reason: String
    }

    /// Records that hang together, from the first on.
    public var records: UInt64
    /// The hash of the last of them.
    public var head: String?
    /// The first that does not; nil when all do.
    public var fault: Fault?

    public var isWhole: Bool { fault == nil }
}
