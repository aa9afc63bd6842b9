import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import PythonBuild

/// archives.py, by what inspect.py finds in archives of project folders and by what stage.py unpacks.
@Suite struct ArchiveScriptTests {
    private static let forms = ["tar.gz", "tar.zst", "zip"]
    private static let project = #"[Member("pyproject.toml", b"[project]\nname = 'p'\n")]"#

    @Test(arguments: forms)
    func aProjectAtTheTopIsFound(form: String) throws {
        let report = try inspect(Self.project, form)
        #expect(report["root"] as? String == "", "\(report)")
        #expect((report["declaration"] as? [String: Any])?["name"] as? String == "p")
        #expect(report["sdist"] as? Bool == false)
    }

    @Test(
        arguments: [
            (#"[Member("top/setup.py"), Member("top/src/x.py")]"#, "", "top"),
            (#"[Member("./top/setup.py")]"#, "", "top"),
            (#"[Member("setup.py"), Member("other/setup.py")]"#, "", ""),
            (#"[Member("top/a/b/setup.py")]"#, "a/b", "top/a/b"),
            (#"[Member("a/b/setup.py"), Member("c")]"#, "a//./b/", "a/b"),
            (#"[Member("a/setup.py"), Member("a/a/setup.py")]"#, "a", "a"),
        ])
    func theProjectsFolderIsTold(members: String, subdirectory: String, root: String) throws {
        for form in Self.forms {
            let report = try inspect(members, form, subdirectory: subdirectory)
            #expect(report["root"] as? String == root, "\(form): \(report)")
        }
    }

    @Test(
        arguments: [
            (#"[Member("a/setup.py"), Member("b/setup.py")]"#, "", "does not appear to be a Python project"),
            (#"[Member("top/a/setup.py")]"#, "", "does not appear to be"),
            (#"[Member("top/setup.py")]"#, "a", "has no folder 'a'"), (#"[Member("a")]"#, "a", "has no folder 'a'"),
            (#"[Member("a/b")]"#, "a", "does not appear to be"), ("[]", "", "does not appear to be"),
            (#"[Member("x.toml"), link("pyproject.toml", "x.toml")]"#, "", "pyproject.toml is not a regular file"),
            (#"[Member("pyproject.toml", b"=")]"#, "", "failed to parse pyproject.toml"),
            (#"[Member("pyproject.toml", b" " * (17 << 20))]"#, "", "larger than 16777216 bytes"),
        ])
    func anArchiveWithoutAProjectIsRefused(members: String, subdirectory: String, message: String) throws {
        for form in Self.forms {
            let report = try inspect(members, form, subdirectory: subdirectory)
            #expect((report["error"] as? String)?.contains(message) == true, "\(form): \(report)")
        }
    }

    @Test(arguments: [
        (#"[Member("setup.py", bytes(70 << 20))]"#, "disk", 64 << 20),
        (#"[Member(f"a/{n}") for n in range(1001)]"#, "inodes", 1000),
    ])
    func anArchiveThatIsTooLargeIsToldWithItsLimit(members: String, kind: String, limit: Int) throws {
        for form in Self.forms {
            let report = try inspect(members, form)
            let hit = try #require(report["limit"] as? [String: Any], "\(form): \(report)")
            #expect(hit["kind"] as? String == kind)
            #expect(hit["limit"] as? Int == limit)
            #expect((hit["observed"] as? Int ?? 0) > limit)
        }
    }

    /// The attacks of the escape suite, each refused in its words; the same archives without them are read.
    @Test func hostileArchivesAreRefusedInTheirWords() throws {
        let prepare = """
            from pathlib import Path
            import archives, packed
            def refusal(data, form):
                path = folder + "/archive"
                open(path, "wb").write(data)
                try:
                    for entry, read in archives.read(path, form, archives.Inventory(64 << 20, 16384)):
                        pass
                except archives.Refusal as refusal:
                    return str(refusal)
            good = packed.project(Path("../hello-intree"))
            for form in packed.FORMS:
                assert refusal(packed.pack(good, form), form) is None, form
            for name, attack in packed.ATTACKS.items():
                for form in attack.forms:
                    said = refusal(attack.make(good, form), form)
                    assert said and attack.says.replace("cannot be used", "").lower() in said.lower(), (name, form, said)
            open(folder + "/setup.py", "w").close()
            """
        // The script that runs then is only there because one has to.
        #expect(try ContainedRun(.inspect, ["{folder}"], prepare: prepare).report["declaration"] != nil)
    }

    @Test(arguments: forms)
    func modesTimesAndLinksAreUnpackedAsTheyWere(form: String) throws {
        let members = """
            [Member("bin", kind=stat.S_IFDIR, mode=0o2755), Member("bin/run", b"1", mode=0o4755),
            Member("read-only", b"2", mode=0o444), Member("deep/er/file", b"3"), link("bin/link", "../read-only"),
            Member("closed", kind=stat.S_IFDIR, mode=0o500), Member("closed/file")]
            """
        let run = try unpack(members, form)
        let listing = run.listing()
        #expect(
            listing == [
                "./bin 755 1704164646", "./bin/link -> ../read-only", "./bin/run 755 1704164646 1",
                "./closed 500 1704164646",
                "./closed/file 644 1704164646 0", "./deep 755", "./deep/er 755", "./deep/er/file 644 1704164646 1",
                "./read-only 444 1704164646 1",
            ], "\(listing)")
    }

    @Test(arguments: ["tar.gz", "tar.zst"])
    func aHardLinkStaysOne(form: String) throws {
        let run = try unpack(#"[Member("a", b"1"), hard_link("b/c", "a")]"#, form)
        let target = run.folder.path.appending("inside/to")
        let inodes = try [target.appending("a"), target.appending("b/c")].map {
            try FileManager.default.attributesOfItem(atPath: $0.string)[.systemFileNumber] as? Int
        }
        #expect(inodes[0] != nil && inodes[0] == inodes[1])
    }

    private func inspect(_ members: String, _ form: String, subdirectory: String = "") throws -> [String: Any] {
        let options =
            #"{"name": "p", "form": "\#(form)", "maybe_sdist": false, "subdirectory": "\#(subdirectory)", "#
            + #""bytes": 67108864, "entries": 1000}"#
        return try ContainedRun(
            .inspect, ["{folder}/archive", options], prepare: Self.written(members, form)
        ).report
    }

    private func unpack(_ members: String, _ form: String) throws -> ContainedRun {
        let list =
            "cd $0 && find . -mindepth 1 -type l -printf '%p -> %l\\n' -o -mindepth 1 -printf '%p %m %T@ %s %y\\n'"
        return try ContainedRun(
            .stage,
            [
                "unpack", "{folder}/archive", "{folder}/to", #"{"form": "\#(form)", "bytes": 100, "entries": 100}"#,
                "/bin/sh", "-c", list, "{folder}/to",
            ], prepare: Self.written(members, form) + "\nos.mkdir(folder + '/to')")
    }

    private static func written(_ members: String, _ form: String) -> String {
        """
        import stat
        from packed import *
        open(folder + "/archive", "wb").write(pack(\(members), "\(form)"))
        """
    }
}

extension ContainedRun {
    /// What `unpack` listed, sorted; of folders that no member stood for no time, of folders no size.
    fileprivate func listing() -> [String] {
        let text =
            (FileManager.default.contents(atPath: stdout.string)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return text.split(separator: "\n").map { line in
            let words = line.split(separator: " ")
            guard words.count == 5 else { return String(line) }
            let time = words[2].split(separator: ".")[0]
            let isFolder = words[4] == "d"
            let known = time == "1704164646"
            return ([words[0], words[1]] + (known ? [time] : []) + (isFolder ? [] : [words[3]])).joined(separator: " ")
        }.sorted()
    }
}
