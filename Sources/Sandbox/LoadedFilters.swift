import Synchronization

/// The filters that this process has used: each is read and checked once.
final class LoadedFilters: Sendable {
    private let programs = Mutex<[String: [UInt8]]>([:])

    func has(_ profile: SandboxProfile) -> Bool { programs.withLock { $0[profile.digest] != nil } }

    func program(for profile: SandboxProfile, from cache: FilterCache) throws(SandboxError) -> [UInt8] {
        if let known = programs.withLock({ $0[profile.digest] }) { return known }
        let program = try cache.program(for: profile)
        programs.withLock { $0[profile.digest] = program }
        return program
    }
}
