import FoundationEssentials
import Synchronization

/// Makes job ids, each greater than the one before, even within a millisecond or after the clock was set back.
final class JobIDSource: Sendable {
    private let last = Mutex<UInt128>(0)

    func next(at date: Date) -> JobID {
        let milliseconds = UInt128(max(0, date.timeIntervalSince1970 * 1000)) & 0xffff_ffff_ffff
        let random = UInt128(UInt64.random(in: 0...UInt64.max)) << 16 | UInt128(UInt16.random(in: 0...UInt16.max))
        return last.withLock { last in
            last = max(last + 1, milliseconds << 80 | random)
            return JobID(value: last)
        }
    }

    /// Ids that follow are greater than this one.
    func follow(_ id: JobID) {
        last.withLock { $0 = max($0, id.value) }
    }
}
