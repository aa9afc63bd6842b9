/// A resource limit of this process (getrlimit(2)).
struct LimitFact: Equatable, Sendable {
    var name: String
    var hard: UInt64
    /// What a build wants at least.
    var wanted: UInt64
    /// The systemd setting for it.
    var setting: String
}
