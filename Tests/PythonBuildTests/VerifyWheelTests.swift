import Testing

@testable import PythonBuild

/// The contained script verify.py on wheels.
@Suite struct VerifyWheelTests {
    /// Python that leaves one wheel, made of the parts of the project `artifacts`.
    static func wheel(_ change: String, name: String = "artifacts-1.0-py3-none-any.whl") -> String {
        """
        import zipfile
        from pathlib import Path
        from plain_backend import *
        project = Project("artifacts", "1.0")
        path = Path(folder, "\(name)")
        info = "artifacts-1.0.dist-info"
        members = wheel_members(project)
        \(change)
        """
    }

    static let write = "write_zip(path, with_record(project, members))"

    static let good: [(String, String)] = [
        ("as it should be", wheel(write)),
        ("with a build tag", wheel(write, name: "artifacts-1.0-1-py3-none-any.whl")),
        ("name spelled otherwise", wheel(write, name: "Artifacts-1.0-py3-none-any.whl")),
        (
            "version spelled otherwise",
            wheel(
                "members = {key.replace('1.0.d', '1.0rc1.d'): data for key, data in members.items()}\n"
                    + "project = Project('artifacts', '1.0rc1')\n"
                    + "members['artifacts-1.0rc1.dist-info/METADATA'] = b'Name: Artifacts\\nVersion: 1.0-RC1\\n'\n"
                    + write,
                name: "artifacts-1.0rc1-py3-none-any.whl")
        ),
        (
            "with folders and a signature",
            wheel(
                """
                members = with_record(project, members)
                members["artifacts/data/"] = b""
                members[info + "/RECORD.jws"] = b"{}"
                write_zip(path, members)
                """)
        ),
    ]

    @Test(arguments: good.indices)
    func aGoodWheelIsAccepted(_ index: Int) throws {
        let report = try verify(Self.good[index].1)
        let artifact = try #require(
            (report["artifacts"] as? [[String: Any]])?.first, "\(Self.good[index].0): \(report)")
        #expect(artifact["kind"] as? String == "wheel")
        #expect((artifact["project"] as? String)?.lowercased() == "artifacts")
    }

    /// The kinds of Tests/Projects/artifacts.
    @Test(arguments: [
        ("not-a-zip", "cannot be read as a zip archive"), ("zip-slip", "leaves the archive"),
        ("zip-absolute", "is not a relative path"), ("duplicate", "two members named 'artifacts/__init__.py'"),
        ("bad-record", "'artifacts/__init__.py' does not have the digest"),
        ("record-missing-file", "does not list 'artifacts/unrecorded.py'"),
        ("record-absent-file", "lists 'artifacts/absent.py', which is not in the wheel"),
        ("no-record", "has no artifacts-1.0.dist-info/RECORD"), ("zip-bomb", "larger than the limit on unpacked bytes"),
    ])
    func aHostileWheelIsRefused(_ kind: String, message: String) throws {
        let make = "import wheels\nwheels.BOMB_BLOCKS = 2\nwheels.WHEELS['\(kind)'](path, project)"
        try refused(Self.wheel(make), message)
    }

    static let broken: [(String, String)] = [
        ("says project 'other', but METADATA says 'artifacts'", wheel(write, name: "other-1.0-py3-none-any.whl")),
        ("says version '2.0', but METADATA says '1.0'", wheel(write, name: "artifacts-2.0-py3-none-any.whl")),
        ("has no Name or no Version", wheel("members[info + '/METADATA'] = b'Name: artifacts\\n'\n" + write)),
        ("it has no artifacts-1.0.dist-info/WHEEL", wheel("del members[info + '/WHEEL']\n" + write)),
        ("it has 2 .dist-info folders", wheel("members['other-1.0.dist-info/METADATA'] = b''\n" + write)),
        ("it has 0 .dist-info folders", wheel("write_zip(path, {'a.py': b''})")),
        ("'a\\\\b.py' is not a relative path", wheel("members['a\\\\b.py'] = b''\n" + write)),
        ("has a row of 1 fields", wheel("members[info + '/RECORD'] = b'a.py\\n'\nwrite_zip(path, members)")),
        ("is not a UTF-8 CSV file", wheel("members[info + '/RECORD'] = b'\\xff,,\\n'\nwrite_zip(path, members)")),
        (
            "twice",
            wheel("members = with_record(project, members)\nmembers[info + '/RECORD'] *= 2\nwrite_zip(path, members)")
        ),
        (
            "has no sha256 digest of",
            wheel(
                """
                members = with_record(project, members)
                members[info + "/RECORD"] = members[info + "/RECORD"].replace(b"sha256=", b"md5=")
                write_zip(path, members)
                """)
        ),
        (
            "the member 'artifacts/link' is not a regular file",
            wheel(
                """
                write_zip(path, with_record(project, members))
                link = zipfile.ZipInfo("artifacts/link")
                link.external_attr = 0o120777 << 16
                with zipfile.ZipFile(path, "a") as archive:
                    archive.writestr(link, "/etc/passwd")
                """)
        ),
        (
            "cannot be read as a zip archive",
            wheel(
                write + "\ndata = bytearray(path.read_bytes())\ndata[6] |= 1\ndata[data.rindex(b'PK\\1\\2') + 8] |= 1\n"
                    + "path.write_bytes(data)")
        ),
        ("cannot be read as a zip archive", wheel(write + "\npath.write_bytes(path.read_bytes()[:-30])")),
        // A stream that is no deflate stream: zlib.error is no OSError.
        (
            "cannot be read as a zip archive",
            wheel(
                write + """

                    data = bytearray(path.read_bytes())
                    start = 30 + int.from_bytes(data[26:28], "little") + int.from_bytes(data[28:30], "little")
                    data[start] |= 6
                    path.write_bytes(data)
                    """)
        ),
    ]

    @Test(arguments: broken.indices)
    func aBrokenWheelIsRefused(_ index: Int) throws {
        try refused(Self.broken[index].1, Self.broken[index].0)
    }

    /// Installers that read a wheel as a stream meet the first archive, others the last one.
    @Test func aWheelBehindAnotherArchiveIsRefused() throws {
        let twice = Self.write + "\npath.write_bytes(path.read_bytes() * 2)"
        try refused(Self.wheel(twice), "")
    }

    private func verify(_ prepare: String) throws -> [String: Any] {
        try ContainedRun(.verify, ["{folder}", #"{"unpacked_bytes": 1048576}"#], prepare: prepare).report
    }

    private func refused(_ prepare: String, _ message: String) throws {
        let report = try verify(prepare)
        let error = try #require(report["error"] as? [String: String], "\(report)")
        #expect(message.isEmpty || error["message"]?.contains(message) == true, "\(error)")
        #expect(error["artifact"]?.hasSuffix(".whl") == true)
    }
}
