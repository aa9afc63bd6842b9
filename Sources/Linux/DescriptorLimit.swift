import Glibc

/// How many descriptors this process may have open at once (RLIMIT_NOFILE of getrlimit(2)).
public enum DescriptorLimit {
    /// Raises it as far as the process may; where that fails it stays as it is. Processes that are started from now on inherit it.
    ///
    /// - Returns: The limit in force.
    public static func raise() -> UInt64 {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return 0 }
        var raised = rlimit(rlim_cur: limit.rlim_max, rlim_max: limit.rlim_max)
        return setrlimit(resource, &raised) == 0 ? UInt64(raised.rlim_cur) : UInt64(limit.rlim_cur)
    }
}
