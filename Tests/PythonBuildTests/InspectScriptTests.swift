import Testing

@testable import PythonBuild

/// The contained script inspect.py.
@Suite struct InspectScriptTests {
    private static let legacy = ["setuptools >= 40.8.0"]

    @Test(arguments: [
        ("setup.py", "", legacy), ("pyproject.toml", "", legacy), ("pyproject.toml", "[tool.x]\na = 1\n", legacy),
        ("pyproject.toml", "[build-system]\nrequires = []\n", []),
        (
            "pyproject.toml", "[build-system]\nrequires = ['a>=1', 'b']\nbuild-backend = 'x'\nbackend-path = ['.']\n",
            ["a>=1", "b"]
        ),
    ])
    func theRequirementsOfAFolderAreTold(_ file: String, text: String, requires: [String]) throws {
        let report = try inspectFolder("open(folder + '/\(file)', 'w').write(\(text.debugDescription))")
        let declaration = try #require(report["declaration"] as? [String: Any], "\(report)")
        #expect(declaration["requires"] as? [String] == requires)
    }

    @Test(arguments: [
        ("b'='", "failed to parse pyproject.toml"), ("b'\\xff'", "it is not UTF-8"),
        ("b'a = ' + b'[' * 100000", "failed to parse"),
        ("b'[build-system]'", "`requires` is a required property"), ("b'build-system = 1'", "must be a table"),
        ("b'[build-system]\\nrequires = \"a\"'", "must be an array of strings"),
        ("b'[build-system]\\nrequires = [1]'", "must be an array of strings"),
        ("b'[build-system]\\nrequires = []\\nbuild-backend = 1'", "`build-system.build-backend` must be a string"),
        ("b'[build-system]\\nrequires = []\\nbackend-path = \"x\"'", "`build-system.backend-path` must be an array"),
        ("b'[build-system]\\nrequires = []\\nevil = 1'", "unknown properties in [build-system]: evil"),
        ("b'#' * (17 << 20)", "larger than 16777216 bytes"),
    ])
    func aBrokenPyprojectIsRefused(_ bytes: String, message: String) throws {
        let report = try inspectFolder("open(folder + '/pyproject.toml', 'wb').write(\(bytes))")
        #expect((report["error"] as? String)?.contains(message) == true, "\(report)")
    }

    @Test(arguments: [
        ("", "does not appear to be a Python project"),
        ("os.mkdir(folder + '/pyproject.toml')", "is not a regular file"),
        ("os.mkfifo(folder + '/pyproject.toml')", "is not a regular file"),
        ("os.symlink('/nonexistent', folder + '/pyproject.toml')", "is not a regular file"),
    ])
    func aFolderThatIsNoProjectIsRefused(_ prepare: String, message: String) throws {
        let report = try inspectFolder(prepare)
        #expect((report["error"] as? String)?.contains(message) == true, "\(report)")
    }

    @Test(
        arguments: [
            ("[project]\nname = 'x'\n", "x"), ("[project]\nname = 1\n", nil), ("project = 1\n", nil), ("", nil),
        ] as [(String, String?)])
    func theNameOfAProjectIsToldWhereItIsOne(_ text: String, name: String?) throws {
        let report = try inspectFolder("open(folder + '/pyproject.toml', 'w').write(\(text.debugDescription))")
        let declaration = try #require(report["declaration"] as? [String: Any], "\(report)")
        #expect(declaration["name"] as? String == name)
    }

    @Test func theRequirementsOfASourceDistributionAreTold() throws {
        let report = try inspectArchive("write_tar(path, sdist_members(project))")
        #expect(report["sdist"] as? Bool == true)
        let declaration = try #require(report["declaration"] as? [String: Any], "\(report)")
        #expect(declaration["requires"] as? [String] == [])
    }

    @Test(arguments: [
        ("path.write_bytes(b'none')", "failed to read the source distribution artifacts-1.0.tar.gz"),
        ("write_tar(path, sdist_members(project)); path.write_bytes(path.read_bytes()[:300])", "failed to read"),
        ("write_tar(path, [])", "does not appear to be a Python project"),
        ("write_tar(path, sdist_members(project) + SDISTS['sdist-two-tops'](project))", "not appear to be"),
        ("write_tar(path, sdist_members(project)[:1])", "does not appear to be a Python project"),
    ])
    func aBrokenArchiveIsRefused(_ make: String, message: String) throws {
        let report = try inspectArchive(make)
        #expect((report["error"] as? String)?.contains(message) == true, "\(report)")
    }

    /// Without PKG-INFO it is an archive of a project folder, however it is named.
    @Test func anArchiveNamedLikeASourceDistributionNeedNotBeOne() throws {
        let report = try inspectArchive("write_tar(path, sdist_members(project)[1:])")
        #expect(report["sdist"] as? Bool == false)
        #expect(report["root"] as? String == "artifacts-1.0")
        #expect(report["declaration"] != nil)
    }

    /// zlib.error, which is no OSError, comes when a member is skipped.
    @Test func aStreamThatBreaksInsideAMemberIsRefused() throws {
        let make = """
            noise = tarfile.TarInfo("artifacts-1.0/noise")
            write_tar(path, sdist_members(project) + [(noise, os.urandom(300_000))])
            data = path.read_bytes()
            path.write_bytes(data[:-200_000] + b"\\xff" * 200_000)
            """
        let report = try inspectArchive(make)
        #expect((report["error"] as? String)?.contains("failed to read") == true, "\(report)")
    }

    private func inspectFolder(_ prepare: String) throws -> [String: Any] {
        try ContainedRun(.inspect, ["{folder}"], prepare: prepare).report
    }

    private func inspectArchive(_ make: String) throws -> [String: Any] {
        let options = """
            {"name": "artifacts-1.0.tar.gz", "form": "tar.gz", "maybe_sdist": true, "subdirectory": "", "bytes": 1000000,
            "entries": 100}
            """
        let prepare = """
            from pathlib import Path
            from plain_backend import *
            from sdists import SDISTS
            project = Project("artifacts", "1.0")
            path = Path(folder, "artifacts-1.0.tar.gz")
            \(make)
            """
        return try ContainedRun(.inspect, ["{folder}/artifacts-1.0.tar.gz", options], prepare: prepare).report
    }
}
