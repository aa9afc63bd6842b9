public import FoundationEssentials

/// A phase of a build (ARCHITECTURE.md, "The way of one build").
public enum Phase: String, Codable, Sendable {
    case inspect, provision, build, verify, collect
}

/// How one phase went. A phase that ran several times is reported each time.
public struct PhaseReport: Codable, Sendable {
    public enum Outcome: String, Codable, Sendable {
        case succeeded, failed
    }

    public var name: Phase
    public var startedAt: Date
    public var durationMs: UInt64
    public var outcome: Outcome

    public init(name: Phase, startedAt: Date, durationMs: UInt64, outcome: Outcome) {
        self.name = name
        self.startedAt = startedAt
        self.durationMs = durationMs
        self.outcome = outcome
    }
}
