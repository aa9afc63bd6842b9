import Synchronization

/// The filters that this process has used: each is read and checked once.
final class LoadedFilters: Sendable {
    private let programs = Mutex<[String: [UInt8]]>([:])
    private let second = Mutex<[UInt8]?>(nil)

    func has(_ profile: SandboxProfile) -> Bool { programs.withLock { $0[profile.digest] != nil } }

    func program(for profile: SandboxProfile, from cache: FilterCache) throws(SandboxError) -> [UInt8] {
        if let known = programs.withLock({ $0[profile.digest] }) { return known }
        let program = try cache.program(for: profile)
        programs.withLock { $0[profile.digest] = program }
        return program
    }

    /// ``SeccompRules/hostWrites``, which is short and compiled in each process that wants it.
    func hostWrites() throws(SandboxError) -> [UInt8] {
        if let known = second.withLock({ $0 }) { return known }
        let program = try SeccompCompiler.compile(.hostWrites)
        second.withLock { $0 = program }
        return program
    }
}
