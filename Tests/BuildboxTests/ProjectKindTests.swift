import Foundation
import SystemPackage
import Testing

/// Projects as they are found, with the backends that they really have, from the operator's index.
@Suite(.serialized) final class ProjectKindTests {
    private let test: EndToEnd

    init() throws {
        test = try EndToEnd()
    }

    deinit { _ = Result { try test.cleanUp() } }

    private func project(_ files: [String: String]) throws -> FilePath {
        let project = test.folder.appending("project")
        for (name, text) in files {
            let file = project.appending(name)
            try FileManager.default.createDirectory(
                atPath: file.removingLastComponent().string, withIntermediateDirectories: true)
            try text.write(toFile: file.string, atomically: true, encoding: .utf8)
        }
        try test.own(project)
        return project
    }

    private func built(_ outcome: EndToEnd.Outcome) throws -> [String] {
        #expect(outcome.code == 0, "\(outcome.stderr.suffix(3000))")
        let artifacts = try #require(try outcome.document()["artifacts"] as? [[String: Any]])
        return artifacts.compactMap { $0["name"] as? String }.sorted()
    }

    /// Without pyproject.toml; what it asks for on the way exists as a source distribution alone.
    @Test func aSetupFileAloneIsBuiltWithWhatItSetsUp() throws {
        let project = try project([
            "setup.py": """
            from setuptools import setup
            import sys
            if "egg_info" not in sys.argv:
                import docopt
            setup(name="legacy", version="1.0", py_modules=["legacy"], setup_requires=["docopt"])
            """, "legacy.py": "",
        ])
        let outcome = try test.buildbox(["run", "--json", project.string])
        #expect(try built(outcome) == ["legacy-1.0-py3-none-any.whl", "legacy-1.0.tar.gz"])
        let environment = try #require(try outcome.document()["environment"] as? [String: Any])
        let resolved = try #require(environment["resolved"] as? [[String: Any]])
        let docopt = try #require(resolved.first { $0["name"] as? String == "docopt" })
        #expect(docopt["sdist_sha256"] != nil)
    }

    @Test(
        arguments: [
            (
                "setuptools-scm", "setuptools.build_meta", "\"setuptools>=77\", \"setuptools-scm\"",
                "[tool.setuptools_scm]"
            ),
            ("hatch-vcs", "hatchling.build", "\"hatchling\", \"hatch-vcs\"", "[tool.hatch.version]\nsource = \"vcs\""),
        ])
    func aVersionComesFromATag(_ name: String, backend: String, requires: String, table: String) throws {
        let project = try project([
            "pyproject.toml": """
            [build-system]
            requires = [\(requires)]
            build-backend = "\(backend)"
            [project]
            name = "tagged"
            dynamic = ["version"]
            requires-python = ">=3.8"
            \(table)

            """, "tagged/__init__.py": "",
        ])
        try tag("3.2.1", project)
        let outcome = try test.buildbox(["run", "--json", project.string])
        #expect(try built(outcome) == ["tagged-3.2.1-py3-none-any.whl", "tagged-3.2.1.tar.gz"])
    }

    @Test func pbrReadsTheTagToo() throws {
        let project = try project([
            "pyproject.toml":
                "[build-system]\nrequires = [\"setuptools\", \"pbr\"]\nbuild-backend = \"pbr.build\"\n",
            "setup.cfg": "[metadata]\nname = tagged\nsummary = x\n[files]\npackages =\n    tagged\n",
            "setup.py": "import setuptools\nsetuptools.setup(setup_requires=[\"pbr\"], pbr=True)\n",
            "tagged/__init__.py": "",
        ])
        try tag("3.2.1", project)
        let outcome = try test.buildbox(["run", "--json", project.string])
        #expect(try built(outcome) == ["tagged-3.2.1-py3-none-any.whl", "tagged-3.2.1.tar.gz"])
    }

    private func tag(_ version: String, _ project: FilePath) throws {
        let git = ["/usr/bin/git", "-C", project.string, "-c", "user.name=A", "-c", "user.email=a@example.org"]
        for arguments in [["init", "-q"], ["add", "."], ["commit", "-qm", "first"], ["tag", version]] {
            try EndToEnd.host(test.asUser(git + arguments))
        }
    }

    /// Another interpreter than the first on PATH, where this host has one.
    private static let other: (path: String, tag: String)? = {
        let versions = "/root/.pyenv/versions"
        let names = Result { try FileManager.default.contentsOfDirectory(atPath: versions) }
        let first = Result { try EndToEnd.host(["/usr/bin/env", "python3", "-c", tagProgram]) }
        guard case .success(let names) = names, case .success(let usual) = first else { return nil }
        for name in names.sorted().reversed() {
            let path = "\(versions)/\(name)/bin/python3"
            if case .success(let tag) = Result(catching: { try EndToEnd.host([path, "-c", tagProgram]) }), tag != usual
            {
                return (path, tag.trimmingCharacters(in: .newlines))
            }
        }
        return nil
    }()

    private static let tagProgram =
        "import sys; print('cp%d%d' % sys.version_info[:2]); assert sys.version_info > (3, 10)"

    @Test(.enabled(if: other != nil && geteuid() == 0, "there is one interpreter alone"))
    func aWheelIsTaggedByTheInterpreterThatIsNamed() throws {
        let other = try #require(Self.other)
        let project = try project([
            "pyproject.toml": """
            [build-system]
            requires = ["setuptools"]
            build-backend = "setuptools.build_meta"
            [project]
            name = "compiled"
            version = "1.0"
            [tool.setuptools]
            ext-modules = [{name = "compiled", sources = ["compiled.c"]}]

            """,
            "compiled.c": """
            #include <Python.h>
            static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "compiled", NULL, -1, NULL};
            PyMODINIT_FUNC PyInit_compiled(void) { return PyModule_Create(&module); }

            """,
        ])
        let names = ["BUILDBOX_PYTHONS": "special=\(other.path)"]
        let named = try test.buildbox(
            ["run", "-w", "--json", "--python", "special", project.string], environment: names)
        #expect(try built(named).first?.hasPrefix("compiled-1.0-\(other.tag)-\(other.tag)-") == true)
        let usual = try test.buildbox(["run", "-w", "--json", project.string], environment: names)
        #expect(try built(usual).first?.contains(other.tag) == false)
        let old = "/root/.pyenv/versions/3.9.18/bin/python3"
        if FileManager.default.isExecutableFile(atPath: old) {
            let refused = try test.buildbox(["run", "-w", "--python", old, project.string])
            #expect(refused.code == 2)
            #expect(refused.stderr.contains("needs Python 3.10 or later"))
        }
        let unknown = try test.buildbox(["run", "-w", "--python", "unknown", project.string], environment: names)
        #expect(unknown.code == 2)
        #expect(unknown.stderr.contains("one of the names in BUILDBOX_PYTHONS: special"))
    }
}
