import SandboxProtocol

/// What a launcher makes outside of buildbox's own folders, for whoever reaps it to clear away: it does so itself, unless
/// it was killed.
struct LauncherRemains: Sendable {
    private let groups: CgroupPlan
    /// It says what there is, and so must live as long.
    private let record: RunRecord

    /// Writes down what is about to be made.
    init(_ groups: CgroupPlan, record: RunRecord) throws(SandboxError) {
        for path in groups.paths { try record.note(.controlGroup(path)) }
        self.groups = groups
        self.record = record
    }

    /// The descriptor that holds the lock of the record, for the launcher to hold it, too: nobody takes the run for dead, and
    /// sweeps it, while there is still a launcher that could make something of it.
    var lock: Int32 { record.lock }

    /// Removes what is left: first every process, then the groups. What cannot be removed is left to a later start, with the record.
    func clear() {
        for path in groups.paths {
            if case .failed = ControlGroup(path: path).remove() { record.keep() }
        }
    }
}
