public import Sandbox

extension LimitHit {
    /// The limit in the words of the command line: what was hit, what was seen, what to do.
    public func message(doing what: String) -> String {
        let (name, option, unit): (String, String, (UInt64) -> String) =
            switch kind {
            case .time: ("time", "--timeout", { "\(Double($0) / 1000) s" })
            case .cpuTime: ("CPU time", "--cpu-time", { "\(Double($0) / 1000) s" })
            case .memory: ("memory", "--memory", Self.bytes)
            case .pids: ("process", "--pids", { "\($0) processes" })
            case .disk: ("disk", "--disk", Self.bytes)
            case .inodes: ("file count", "--disk", { "\($0) files" })
            case .log: ("log", "--log-limit", Self.bytes)
            case .runTime: ("run time", "--run-timeout", { "\(Double($0) / 1000) s" })
            }
        return "\(what) was stopped at the \(name) limit: \(unit(limit)) allowed, \(unit(observed)) seen. "
            + "If the project needs more, raise it with \(option)."
    }

    static func bytes(_ count: UInt64) -> String {
        let units = [("GiB", UInt64(1) << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]
        guard let (name, size) = units.first(where: { count >= $0.1 }) else { return "\(count) bytes" }
        let tenths = (count * 10 + size / 2) / size
        return tenths % 10 == 0 ? "\(tenths / 10) \(name)" : "\(tenths / 10).\(tenths % 10) \(name)"
    }
}
