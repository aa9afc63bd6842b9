/// Which ended jobs are forgotten where all together take more than they may. Each grant has the same share of the bytes, and
/// what one leaves of its share is the others': so nobody's results go for what another keeps. A blob is counted once for each grant.
struct Retention {
    struct Job {
        let id: JobID
        let grant: String
        /// Bytes that are this job's alone: its log.
        let bytes: UInt64
        /// The blobs that it has: source and artifacts, by digest, with their sizes.
        let blobs: [String: UInt64]
    }

    private struct Holding {
        var jobs: [Job] = []
        var bytes: UInt64 = 0
        /// How many of the jobs have a blob.
        var users: [String: Int] = [:]

        mutating func add(_ job: Job) {
            jobs.append(job)
            bytes += job.bytes
            for (digest, size) in job.blobs {
                if users[digest] == nil { bytes += size }
                users[digest, default: 0] += 1
            }
        }

        mutating func forget(_ job: Job) {
            bytes -= job.bytes
            for (digest, size) in job.blobs {
                guard let count = users[digest] else { continue }
                users[digest] = count > 1 ? count - 1 : nil
                if count == 1 { bytes -= size }
            }
        }
    }

    /// - Parameters:
    ///   - limit: Bytes that all together may take.
    ///   - jobs: All that have ended, the oldest first.
    /// - Returns: Those that go.
    static func beyond(_ limit: UInt64, of jobs: [Job]) -> Set<JobID> {
        var holdings: [String: Holding] = [:]
        for job in jobs { holdings[job.grant, default: Holding()].add(job) }
        guard let share = share(limit, among: holdings.values.map(\.bytes)) else { return [] }
        var gone: Set<JobID> = []
        for var holding in holdings.values {
            for job in holding.jobs {
                guard holding.bytes > share else { break }
                holding.forget(job)
                gone.insert(job.id)
            }
        }
        return gone
    }

    /// What each may keep so that all together keep no more than the limit; nil where they do not.
    private static func share(_ limit: UInt64, among holdings: [UInt64]) -> UInt64? {
        var left = limit
        let sorted = holdings.sorted()
        for (index, bytes) in sorted.enumerated() {
            let share = left / UInt64(sorted.count - index)
            guard bytes <= share else { return share }
            left -= bytes
        }
        return nil
    }
}
