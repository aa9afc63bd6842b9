/// What went through a proxy from its start to its end.
public struct EgressReport: Equatable, Sendable {
    /// In the order in which they ended.
    public var connections: [EgressConnection] = []
    /// Those beyond the limit on records.
    public var omitted = 0

    public init() {}

    /// Why hosts were not reached, each cause once.
    public var causes: [String] {
        var seen: Set<String> = []
        return connections.compactMap(\.verdict.cause).filter { seen.insert($0).inserted }
    }
}
