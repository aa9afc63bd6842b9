import Testing

@testable import PythonBuild

@Suite struct LockTests {
    static let digests = (0..<2).map { String(repeating: "\($0)a", count: 32) }

    static func wheel(
        name: String = "setuptools", version: String = "80.9.0", file: String = "setuptools-80.9.0-py3-none-any.whl",
        location: String = "https://example.invalid/setuptools-80.9.0-py3-none-any.whl", sha256: String = digests[0]
    ) throws -> LockedWheel {
        try LockedWheel(name: name, version: version, file: file, location: location, sha256: sha256)
    }

    static func lock(resolvedAt: Double = 0) throws -> Lock {
        Lock(
            wheels: [
                try wheel(),
                try wheel(
                    name: "zope-interface", version: "8.0", file: "zope.interface-8.0-py3-none-any.whl",
                    location: "/links/0/zope.interface-8.0-py3-none-any.whl", sha256: digests[1]),
            ], resolvedAt: resolvedAt)
    }

    @Test func theInstallerGetsExactVersionsAndDigests() throws {
        let lock = try Self.lock()
        #expect(
            try lock.file.text == """
                setuptools==80.9.0 --hash=sha256:\(Self.digests[0])
                zope-interface==8.0 --hash=sha256:\(Self.digests[1])

                """)
        #expect(lock.wheels.map(\.isRemote) == [true, false])
        #expect(!lock.isEmpty)
        #expect(Lock(wheels: [], resolvedAt: 0).isEmpty)
    }

    @Test func whatBuildboxBuiltIsNotDownloaded() throws {
        var lock = try Self.lock()
        #expect(lock.downloads == lock.wheels)
        let built = BuiltWheel(
            name: "setuptools", version: "80.9.0", sdist: "cc", file: "setuptools-80.9.0-py3-none-any.whl",
            sha256: Self.digests[0], key: "key")
        var other = built
        other.sha256 = "00"
        lock.keep([built, other])
        #expect(lock.built == [built])
        #expect(lock.downloads.map(\.name) == ["zope-interface"])
        #expect(lock.packages.map(\.sdistSha256) == ["cc", nil])
    }

    /// What the resolver says of an index's answer goes into a file of the installer's and into names of the store.
    @Test(arguments: [
        ("name", "../up"), ("name", "./here"), ("name", "Setuptools"), ("name", "setuptools[extra]"),
        ("name", "other"), ("version", "80.9.0\n--index-url https://example.invalid"), ("version", "80 ; x"),
        ("version", ""), ("file", "../setuptools-80.9.0-py3-none-any.whl"), ("file", "setuptools-80.9.0.tar.gz"),
        ("file", "other-1.0-py3-none-any.whl"), ("sha256", "00"), ("sha256", String(repeating: "A", count: 64)),
        ("sha256", String(repeating: "/", count: 64)), ("location", "https://example.invalid/a b"),
        ("location", String(repeating: "a", count: 9000)),
    ])
    func aWheelOfAnotherFormIsRefused(part: String, text: String) throws {
        var parts = [
            "name": "setuptools", "version": "80.9.0", "file": "setuptools-80.9.0-py3-none-any.whl",
            "location": "https://example.invalid/s.whl", "sha256": Self.digests[0],
        ]
        let good: [LockedWheel]? = JSON.value(from: Array(try JSON.text([parts]).utf8))
        #expect(good?.count == 1, "the positive control")
        parts[part] = text
        let bad: [LockedWheel]? = JSON.value(from: Array(try JSON.text([parts]).utf8))
        #expect(bad == nil)
    }

    @Test(
        arguments: [(0, true), (1, true), (599, true), (600, false), (1_000_000, false), (-1, false)]
            as [(Double, Bool)])
    func aResolutionIsFreshForTenMinutesAndNeverFromTheFuture(_ age: Double, isFresh: Bool) {
        #expect(Lock(wheels: [], resolvedAt: 5000).isFresh(now: 5000 + age) == isFresh)
    }

    @Test func aLockIsTheSameAfterStoring() throws {
        let lock = try Self.lock(resolvedAt: 1_700_000_000.5)
        let stored: Lock = try #require(JSON.value(from: Array(try JSON.text(lock).utf8)))
        #expect(stored.wheels == lock.wheels)
        #expect(stored.resolvedAt == lock.resolvedAt)
        let former: Lock? = JSON.value(from: Array(#"{"text": "a==1", "resolved_at": 1, "built": []}"#.utf8))
        #expect(former == nil, "a lock of an earlier version is resolved again")
    }
}
