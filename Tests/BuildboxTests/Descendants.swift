import CTestSupport
import Foundation

/// The processes below this one that a test started. As long as a value of it lives, orphans among
/// them become children of this process: no double fork and no new session gets one out of sight.
final class Descendants {
    private let before: Set<Int32>

    init() throws {
        guard ctest_adopt_orphans(1) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EPERM) }
        before = Set(Self.parents().filter { $0.value == getpid() }.keys)
    }

    deinit { _ = ctest_adopt_orphans(0) }

    /// All that run. The dead among this process's own children are reaped on the way.
    func alive() -> Set<Int32> {
        let parents = Self.parents()
        var found = Set(parents.filter { $0.value == getpid() }.keys).subtracting(before)
        for pid in found where waitpid(pid, nil, WNOHANG) == pid { found.remove(pid) }
        var grown = true
        while grown {
            let more = parents.filter { found.contains($0.value) }.keys
            grown = !found.isSuperset(of: more)
            found.formUnion(more)
        }
        return found
    }

    /// Waits until none is alive, for 20 s at most, and returns those that are.
    func awaitNone() -> Set<Int32> {
        let deadline = Date() + 20
        var rest = alive()
        while !rest.isEmpty, Date() < deadline {
            sched_yield()
            rest = alive()
        }
        return rest
    }

    /// Each process's parent (proc_pid_stat(5)).
    private static func parents() -> [Int32: Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        var parents: [Int32: Int32] = [:]
        for name in names {
            guard let pid = Int32(name), let data = FileManager.default.contents(atPath: "/proc/\(name)/stat"),
                let end = data.lastIndex(of: UInt8(ascii: ")"))
            else { continue }
            let fields = String(decoding: data[(end + 1)...], as: UTF8.self).split(separator: " ")
            if fields.count > 1, let parent = Int32(fields[1]) { parents[pid] = parent }
        }
        return parents
    }
}
