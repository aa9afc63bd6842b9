/// Who is next: of the grants that have queued jobs the one with the fewest running, then the one that was served
/// longest ago; within a grant priority, then admission. It holds 24 bytes a job.
struct FairQueue: Sendable {
    struct Place: Equatable, Sendable {
        let grant: String
        let priority: Int
        let place: Int64
    }

    private struct Entry {
        let place: Int64
        let id: JobID
    }

    private struct Share {
        /// By priority; each in the order of admission, none empty.
        var levels: [Int: [Entry]] = [:]
        var queued = 0
        var running = 0
        /// When its last job was started, counted in jobs.
        var served: UInt64 = 0

        var isIdle: Bool { queued == 0 && running == 0 }
    }

    private var shares: [String: Share] = [:]
    private var started: UInt64 = 0
    private(set) var queued = 0
    private(set) var running = 0

    /// Grants without jobs whose turn is remembered.
    private static let mostIdle = 4096

    func queued(of grant: String) -> Int { shares[grant]?.queued ?? 0 }

    /// Puts a job at its place, which it may have had before.
    mutating func insert(_ id: JobID, at place: Place) {
        let index = Self.index(of: place.place, in: shares[place.grant]?.levels[place.priority] ?? [])
        // In place: a grant may have thousands of them.
        shares[place.grant, default: Share()].levels[place.priority, default: []]
            .insert(Entry(place: place.place, id: id), at: index)
        shares[place.grant]?.queued += 1
        queued += 1
    }

    /// Takes a job out, unless its turn has come meanwhile.
    @discardableResult
    mutating func remove(at place: Place) -> Bool {
        guard var level = shares[place.grant]?.levels[place.priority] else { return false }
        let index = Self.index(of: place.place, in: level)
        guard index < level.count, level[index].place == place.place else { return false }
        level.remove(at: index)
        shares[place.grant]?.levels[place.priority] = level.isEmpty ? nil : level
        shares[place.grant]?.queued -= 1
        queued -= 1
        return true
    }

    /// Takes the next job; it counts as running until ``ended(of:)``.
    mutating func next() -> (id: JobID, place: Place)? {
        var best: (grant: String, running: Int, served: UInt64)?
        for (grant, share) in shares where share.queued > 0 {
            if let best, (best.running, best.served) <= (share.running, share.served) { continue }
            best = (grant, share.running, share.served)
        }
        guard let grant = best?.grant, var share = shares.removeValue(forKey: grant),
            let priority = share.levels.keys.max(), var level = share.levels.removeValue(forKey: priority)
        else { return nil }
        let entry = level.removeFirst()
        if !level.isEmpty { share.levels[priority] = level }
        started += 1
        share.served = started
        share.queued -= 1
        share.running += 1
        shares[grant] = share
        queued -= 1
        running += 1
        return (entry.id, Place(grant: grant, priority: priority, place: entry.place))
    }

    /// A job of this grant runs no more.
    mutating func ended(of grant: String) {
        shares[grant]?.running -= 1
        running -= 1
        forgetIdle()
    }

    /// How many jobs are to start before this one if nothing changes: those before it in its own grant, and from each
    /// other grant as many as take turns with them. Nil when it is not queued.
    func position(of place: Place) -> Int? {
        guard let share = shares[place.grant], let level = share.levels[place.priority] else { return nil }
        let index = Self.index(of: place.place, in: level)
        guard index < level.count, level[index].place == place.place else { return nil }
        let own = share.levels.reduce(index) { $0 + ($1.key > place.priority ? $1.value.count : 0) }
        var ahead = own
        for (grant, other) in shares where grant != place.grant && other.queued > 0 {
            let first = (other.running, other.served) < (share.running, share.served)
            ahead += min(other.queued, own + (first ? 1 : 0))
        }
        return ahead
    }

    private mutating func forgetIdle() {
        guard shares.count > Self.mostIdle else { return }
        let idle = shares.filter { $0.value.isIdle }
        guard idle.count > Self.mostIdle else { return }
        for (grant, _) in idle.sorted(by: { $0.value.served < $1.value.served }).prefix(idle.count / 2) {
            shares[grant] = nil
        }
    }

    /// Where a place is or would be.
    private static func index(of place: Int64, in level: [Entry]) -> Int {
        // Most come last.
        if let last = level.last, last.place < place { return level.count }
        var low = 0
        var high = level.count
        while low < high {
            let middle = (low + high) / 2
            if level[middle].place < place { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
