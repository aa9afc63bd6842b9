import FoundationEssentials
import Synchronization

/// Makes job ids, each greater than the one before, even within a millisecond or after the clock was set back.
final class JobIDSource: Sendable {
    private let last = Mutex(JobID(high: 0, low: 0))

    func next(at date: Date) -> JobID {
        let milliseconds = UInt64(max(0, date.milliseconds)) & 0xffff_ffff_ffff
        let fresh = JobID(
            high: milliseconds << 16 | UInt64(UInt16.random(in: 0...UInt16.max)), low: UInt64.random(in: 0...UInt64.max)
        )
        return last.withLock { last in
            last = max(last.successor, fresh)
            return last
        }
    }

    /// Ids that follow are greater than this one.
    func follow(_ id: JobID) {
        last.withLock { $0 = max($0, id) }
    }
}
