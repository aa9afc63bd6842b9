import CLinux
import Glibc
import Linux

/// What a network namespace may hold of connections. A connection that nobody accepted is made by the kernel
/// itself, and so charged to no control group, with all that waits in it.
struct NetworkBounds: ~Copyable {
    /// Connections and listeners of one run. Servers in tests of real projects, and installers, have far fewer.
    static let connections: UInt64 = 512

    private let files: [Int32]

    /// Settings of the calling process's namespace, which no job can change. Each lowers what a connection can hold; it is the
    /// count that bounds a run, so a host that shows its settings read-only does without them.
    static func set() {
        let settings = [
            // Those that wait for one listener.
            ("core/somaxconn", "16"),
            // Bytes that wait in one: least, at first, at most.
            ("ipv4/tcp_rmem", "4096 131072 262144"),
            // Those that are over, which are kept for a minute.
            ("ipv4/tcp_max_tw_buckets", "1024"),
            ("ipv4/tcp_fin_timeout", "2"),
            ("ipv4/tcp_orphan_retries", "1"),
        ]
        for (name, value) in settings {
            do throws(SystemCallError) { try writeText(value, to: "/proc/sys/net/\(name)") } catch { continue }
        }
    }

    /// Counts for a namespace that `process`, a folder of procfs, is in by now.
    init(of process: String) {
        files = ["sockstat", "sockstat6"].map { clinux_open("/proc/\(process)/net/\($0)", O_RDONLY, 0) }
    }

    deinit {
        for file in files where file >= 0 { close(file) }
    }

    /// Connections and listeners that there are, whether a process still has them or not.
    func count() -> UInt64 {
        files.reduce(0) { sum, file in
            // A kernel without IPv6 has no file for it.
            guard file >= 0 else { return sum }
            do throws(SystemCallError) {
                return sum + Self.inUse(try readBytes(from: file))
            } catch {
                return sum
            }
        }
    }

    /// The figure in a line such as `TCP: inuse 3 orphan 0 tw 0 alloc 3 mem 1` or `TCP6: inuse 0`.
    private static func inUse(_ text: [UInt8]) -> UInt64 {
        max(flatKeyedField("TCP: inuse", in: text), flatKeyedField("TCP6: inuse", in: text))
    }
}
