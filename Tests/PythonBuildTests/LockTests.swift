import Testing

@testable import PythonBuild

@Suite struct LockTests {
    static let digests = (0..<3).map { String(repeating: "\($0)a", count: 32) }

    /// As `uv pip compile --generate-hashes --no-header --no-annotate` writes it.
    static let text = """
        colorama==0.4.6 ; sys_platform == 'win32' \\
            --hash=sha256:\(digests[0])
        setuptools==80.9.0 \\
            --hash=sha256:\(digests[1]) \\
            --hash=sha256:\(digests[2])
        wheel==0.45.1

        """

    @Test func theTextTellsPackagesWithTheirDigests() {
        #expect(
            Lock(text: Self.text, resolvedAt: 0).packages == [
                EnvironmentReport.Package(name: "colorama", version: "0.4.6", sha256: [Self.digests[0]]),
                EnvironmentReport.Package(
                    name: "setuptools", version: "80.9.0", sha256: [Self.digests[1], Self.digests[2]]),
                EnvironmentReport.Package(name: "wheel", version: "0.45.1", sha256: []),
            ])
    }

    @Test(arguments: ["", "\n", "# a remark\n", "    --hash=sha256:00\n"])
    func aTextWithoutPackagesIsEmpty(_ text: String) {
        #expect(Lock(text: text, resolvedAt: 0).isEmpty)
        #expect(!Lock(text: text + Self.text, resolvedAt: 0).isEmpty)
    }

    @Test(
        arguments: [(0, true), (1, true), (599, true), (600, false), (1_000_000, false), (-1, false)]
            as [(Double, Bool)])
    func aResolutionIsFreshForTenMinutesAndNeverFromTheFuture(_ age: Double, isFresh: Bool) {
        #expect(Lock(text: "", resolvedAt: 5000).isFresh(now: 5000 + age) == isFresh)
    }

    @Test func aLockIsTheSameAfterStoring() throws {
        let lock = Lock(text: Self.text, resolvedAt: 1_700_000_000.5)
        let stored: Lock = try #require(JSON.value(from: Array(try JSON.text(lock).utf8)))
        #expect(stored.text == lock.text)
        #expect(stored.resolvedAt == lock.resolvedAt)
        let broken: Lock? = JSON.value(from: Array("{\"text\": 1}".utf8))
        #expect(broken == nil)
    }
}
