import Testing

@testable import PythonBuild

/// The contained script verify.py on source distributions.
@Suite struct VerifySdistTests {
    /// Python that leaves one sdist, made of the parts of the project `artifacts`.
    static func sdist(_ change: String, name: String = "artifacts-1.0.tar.gz") -> String {
        """
        import gzip
        from pathlib import Path
        from plain_backend import *
        from sdists import SDISTS, member
        project = Project("artifacts", "1.0")
        path = Path(folder, "\(name)")
        members = sdist_members(project)
        def link(name, target):
            return member(f"artifacts-1.0/{name}", tarfile.SYMTYPE, target)
        \(change)
        """
    }

    static let write = "\nwrite_tar(path, members)"

    @Test(arguments: [
        "", "members.append(member('artifacts-1.0/folder', tarfile.DIRTYPE))",
        "members.append(link('README', 'src/../pyproject.toml'))",
        "members.append(member('artifacts-1.0/hard', tarfile.LNKTYPE, 'artifacts-1.0/pyproject.toml'))",
        "members.append(link('folder', 'src'))",
        // As hatchling does from an unpacked sdist.
        "members.append(members[0])",
    ])
    func aGoodSdistIsAccepted(_ change: String) throws {
        let report = try verify(Self.sdist(change + Self.write))
        let artifact = try #require((report["artifacts"] as? [[String: Any]])?.first, "\(report)")
        #expect(
            artifact.compactMapValues { $0 as? String }
                == ["name": "artifacts-1.0.tar.gz", "kind": "sdist", "project": "artifacts", "version": "1.0"])
    }

    /// The kinds of Tests/Projects/artifacts.
    @Test(arguments: [
        ("sdist-link-out", "'artifacts-1.0/passwd' points out of the archive"),
        ("sdist-two-tops", "['artifacts-1.0', 'somebody_else-9.9'] instead of one folder"),
        ("sdist-absolute", "is not a relative path"), ("sdist-dotdot", "leaves the archive"),
        ("sdist-device", "is a device or another special file"),
    ])
    func aHostileSdistIsRefused(_ kind: String, message: String) throws {
        try refused(Self.sdist("members += SDISTS['\(kind)'](project)" + Self.write), message)
    }

    static let broken: [(String, String)] = [
        ("cannot be read as a gzipped tar archive", sdist("path.write_bytes(b'no archive')")),
        ("cannot be read as a gzipped tar archive", sdist("path.write_bytes(gzip.compress(b'no archive'))")),
        ("cannot be read as a gzipped tar archive", sdist(write + "\npath.write_bytes(path.read_bytes()[:-200])")),
        (
            "cannot be read as a gzipped tar archive",
            sdist(
                write
                    + "\ndata = bytearray(path.read_bytes())\ndata[data.index(b'\\0', 10) + 1] |= 6\npath.write_bytes(data)"
            )
        ),
        ("it has no artifacts-1.0/PKG-INFO", sdist("del members[0]" + write)),
        ("has no Name or no Version", sdist("members[0] = (members[0][0], b'Name: artifacts\\n')" + write)),
        ("PKG-INFO says '9.9'", sdist("members[0] = (members[0][0], b'Name: artifacts\\nVersion: 9.9\\n')" + write)),
        ("PKG-INFO says 'other'", sdist("members[0] = (members[0][0], b'Name: other\\nVersion: 1.0\\n')" + write)),
        ("instead of one folder 'artifacts-2.0'", sdist(write, name: "artifacts-2.0.tar.gz")),
        ("two members named", sdist("members.append(link('pyproject.toml', 'PKG-INFO'))" + write)),
        ("two members named", sdist("members.insert(0, link('pyproject.toml', 'PKG-INFO'))" + write)),
        ("points out of the archive", sdist("members.append(link('a', '..'))" + write)),
        ("points out of the archive", sdist("members.append(link('a', '/etc'))" + write)),
        (
            "points out of the archive",
            sdist("members.append(member('artifacts-1.0/h', tarfile.LNKTYPE, 'other/x'))" + write)
        ),
        (
            "larger than the limit on unpacked bytes",
            sdist("members.append((member('artifacts-1.0/zeros')[0], bytes(2 << 20)))" + write)
        ),
    ]

    @Test(arguments: broken.indices)
    func aBrokenSdistIsRefused(_ index: Int) throws {
        try refused(Self.broken[index].1, Self.broken[index].0)
    }

    /// Each link stays inside when its path is read as text, but not when the first one is followed:
    /// `up` is the top folder, and `up/../..` two above it.
    @Test func aLinkThroughAnotherLinkIsRefused() throws {
        let chain = "members += [link('a/b/up', '../..'), link('out', 'a/b/up/../..')]"
        try refused(Self.sdist(chain + Self.write), "points out of the archive")
    }

    /// zlib.error, which is no OSError, comes when a member is skipped.
    @Test func aStreamThatBreaksInsideAMemberIsRefused() throws {
        let broken = """
            members.append((member("artifacts-1.0/noise")[0], os.urandom(300_000)))
            write_tar(path, members)
            data = path.read_bytes()
            path.write_bytes(data[:-200_000] + b"\\xff" * 200_000)
            """
        try refused(Self.sdist(broken), "cannot be read as a gzipped tar archive")
    }

    /// Python stops there, other readers go on (GNU tar after a bad header; with -i after zeros).
    @Test(arguments: ["b'x' * 512 + raw", "raw"])
    func anythingButZerosBehindTheLastMemberIsRefused(_ rest: String) throws {
        let make = Self.write + "\nraw = gzip.decompress(path.read_bytes())\npath.write_bytes(gzip.compress(raw + "
        #expect(try verify(Self.sdist(make + "bytes(10240)))"))["artifacts"] != nil)
        try refused(Self.sdist(make + "\(rest)))"), "")
    }

    private func verify(_ prepare: String) throws -> [String: Any] {
        try ContainedRun(.verify, ["{folder}", #"{"unpacked_bytes": 1048576}"#], prepare: prepare).report
    }

    private func refused(_ prepare: String, _ message: String) throws {
        let report = try verify(prepare)
        let error = try #require(report["error"] as? [String: String], "\(report)")
        #expect(message.isEmpty || error["message"]?.contains(message) == true, "\(error)")
        #expect(error["artifact"] == nil || error["artifact"]?.hasSuffix(".tar.gz") == true)
    }
}
