import Glibc
import Linux
import Testing

@Suite(.serialized) struct DescriptorLimitTests {
    private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)

    private func limit() throws -> rlimit {
        var limit = rlimit()
        try #require(getrlimit(Self.resource, &limit) == 0)
        return limit
    }

    @Test func itIsRaisedToWhatTheProcessMayHave() throws {
        let before = try limit()
        defer {
            var before = before
            #expect(setrlimit(Self.resource, &before) == 0)
        }
        var lowered = rlimit(rlim_cur: 256, rlim_max: before.rlim_max)
        try #require(before.rlim_max > 256 && setrlimit(Self.resource, &lowered) == 0)
        #expect(try limit().rlim_cur == 256)
        #expect(DescriptorLimit.raise() == UInt64(before.rlim_max))
        #expect(try limit().rlim_cur == before.rlim_max)
    }
}
