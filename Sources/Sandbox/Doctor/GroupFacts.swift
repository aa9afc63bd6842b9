import SandboxProtocol

/// The control groups that this process could make its runs' groups in.
struct GroupFacts: Equatable, Sendable {
    enum Version: String, Sendable {
        case none
        case legacy
        case unified
    }

    struct Place: Equatable, Sendable {
        /// The folder of this process's group.
        var path: String
        /// Whether the hierarchy is mounted read-only.
        var readOnly: Bool
        /// Whether this user may make groups in it.
        var writable: Bool
    }

    var version: Version
    /// The hierarchies that this process has a place in, by controller: `memory`, `pids`, `cpu`.
    var places: [String: Place]
    /// Version 2: the controllers that this process's own group may use, and those that the top has.
    var granted: Set<String>
    var offered: Set<String>
    /// Limits that have a group.
    var had: LayerSet
    /// What was tried and refused, by limit.
    var faults: [Layer: String]
}
