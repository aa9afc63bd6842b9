import Foundation
import SystemPackage
import Testing

/// What builds share: made once, listed, removed when nobody uses it, and never half there.
@Suite(.serialized) final class StoreTests {
    private let test: EndToEnd
    private let index: LoopbackIndex
    private var home: FilePath { test.folder.appending("home") }
    private var environment: [String: String] {
        [
            "PIP_INDEX_URL": index["index"], "PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": "/dev/null",
            "BUILDBOX_HOME": home.string,
        ]
    }

    init() throws {
        test = try EndToEnd()
        index = try LoopbackIndex(test.folder, "sdist_index.py")
    }

    deinit {
        index.stop()
        _ = Result { try test.cleanUp() }
    }

    private func project(_ name: String, requires: String) throws -> FilePath {
        let project = test.folder.appending(name)
        try FileManager.default.copyItem(
            atPath: EndToEnd.projects.appending("hello-intree").string, toPath: project.string)
        let file = project.appending("pyproject.toml").string
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try text.replacing(/requires = \[.*\]/, with: "requires = [\(requires)]").write(
            toFile: file, atomically: true, encoding: .utf8)
        return project
    }

    private func items() throws -> [[String: Any]] {
        let outcome = try test.buildbox(["env", "ls", "--json"], environment: environment)
        #expect(outcome.code == 0, "\(outcome.stderr)")
        return try #require(try outcome.document()["items"] as? [[String: Any]])
    }

    private func storedEnvironments() throws -> [[String: Any]] {
        try items().filter { $0["kind"] as? String == "environment" }
    }

    private func environments() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: home.appending("environments").string)
            .filter { !$0.hasSuffix(".json") }
    }

    @Test func fiftyFirstBuildsAtOnceMakeOneEnvironment() throws {
        let project = try project("many", requires: "\"buildbox-harmless\", \"sdist-only\"")
        let runs = try (0..<50).map { number in
            try test.start(
                ["run", "-w", "--json", "-o", test.folder.appending("out-\(number)").string, project.string],
                environment: environment)
        }
        var misses = 0
        for run in runs {
            let outcome = try run.finish()
            #expect(outcome.code == 0, "\(outcome.stderr)")
            let report = try outcome.document()["environment"] as? [String: Any]
            if report?["cache"] as? String == "miss" { misses += 1 }
        }
        #expect(misses == 1)
        // The other is the empty one that the requirement was built in.
        #expect(try environments().count == 2)
        #expect(try items().filter { $0["kind"] as? String == "wheel" }.count == 1)
    }

    @Test func whatIsStoredIsListedShownAndRemoved() throws {
        let first = try project("first", requires: "\"sdist-only\"")
        #expect(try test.buildbox(["run", "-w", first.string], environment: environment).code == 0)
        let stored = try items()
        #expect(stored.map { $0["kind"] as? String ?? "" }.sorted() == ["environment", "environment", "wheel"])
        let wheel = try #require(stored.first { $0["kind"] as? String == "wheel" })
        #expect(wheel["file"] as? String == "sdist_only-1.0-py3-none-any.whl")
        let id = try #require(wheel["id"] as? String)
        let shown = try test.buildbox(["env", "show", String(id.prefix(10))], environment: environment)
        #expect(shown.stdout.contains("sdist-only==1.0"))
        #expect(shown.stdout.contains("built from the source distribution sha256:"))

        let table = try test.buildbox(["env", "ls"], environment: environment)
        #expect(table.stdout.contains("sdist_only-1.0-py3-none-any.whl"))
        #expect(table.stdout.contains("3 stored"))
        #expect(try test.buildbox(["env", "rm", "0123456789"], environment: environment).code == 2)
        #expect(try test.buildbox(["env", "rm", id], environment: environment).code == 0)
        #expect(try items().count == 2)
        // What is gone is made anew, and the lock that named it is not believed.
        #expect(try test.buildbox(["env", "rm", "--all"], environment: environment).code == 0)
        #expect(try items().isEmpty)
        let again = try test.buildbox(["run", "-w", first.string], environment: environment)
        #expect(again.code == 0, "\(again.stderr)")
        #expect(try items().count == 3)
    }

    @Test func theLeastRecentlyUsedGoesFirst() throws {
        let first = try project("first", requires: "")
        let second = try project("second", requires: "\"buildbox-harmless\"")
        for project in [first, second, first] {
            #expect(try test.buildbox(["run", "-w", project.string], environment: environment).code == 0)
            // Times of use are whole seconds.
            let label = home.appending("environments")
            for name in try FileManager.default.contentsOfDirectory(atPath: label.string) where name.hasSuffix(".json")
            {
                let path = label.appending(name).string
                let facts = try FileManager.default.attributesOfItem(atPath: path)
                let earlier = try #require(facts[.modificationDate] as? Date).addingTimeInterval(-100)
                try FileManager.default.setAttributes([.modificationDate: earlier], ofItemAtPath: path)
            }
        }
        let would = try test.buildbox(["env", "gc", "--max-size", "1", "--dry-run"], environment: environment)
        #expect(would.stdout.split(separator: "\n").count == 3, "two environments, and what was downloaded for one")
        #expect(try items().count == 3)
        let sizes = try items().map { ($0["bytes"] as? Int ?? 0) }
        let limit = "\(sizes.reduce(0, +) - 1)"
        #expect(try test.buildbox(["env", "gc", "--max-size", limit], environment: environment).code == 0)
        let left = try storedEnvironments()
        #expect(left.count == 1)
        #expect((left.first?["packages"] as? [Any])?.isEmpty == true, "the first project's, which was used last")
        #expect(try test.buildbox(["env", "gc", "--older-than", "1h"], environment: environment).code == 0)
        #expect(try storedEnvironments().count == 1)
        #expect(try test.buildbox(["env", "gc", "--older-than", "1m"], environment: environment).code == 0)
        #expect(try storedEnvironments().isEmpty)
        #expect(try items().map { $0["kind"] as? String } == ["download"], "which was used within the minute")
        // A store that is trimmed by itself, whenever something new is made.
        let trimmed = environment.merging(["BUILDBOX_STORE_SIZE": "1"]) { $1 }
        #expect(try test.buildbox(["run", "-w", first.string], environment: trimmed).code == 0)
        #expect(try test.buildbox(["run", "-w", second.string], environment: trimmed).code == 0)
        #expect(try items().count == 1)
    }

    @Test func whatABuildUsesIsNotRemoved() throws {
        let project = try project("busy", requires: "")
        let backend = project.appending("backend/plain_backend.py").string
        let text = try String(contentsOfFile: backend, encoding: .utf8)
        try "\(text)\nimport signal\nprint('it builds', flush=True)\nsignal.pause()\n".write(
            toFile: backend, atomically: true, encoding: .utf8)
        let run = try test.start(["run", "-w", project.string], environment: environment)
        while run.process.isRunning, !run.stderr.contains("it builds") { usleep(10_000) }
        #expect(run.process.isRunning, "\(run.stderr)")
        let used = try test.buildbox(["env", "rm", "--all"], environment: environment)
        #expect(used.code == 1)
        #expect(used.stderr.contains("is used by a build and stays"))
        #expect(try test.buildbox(["env", "gc", "--max-size", "1"], environment: environment).code == 0)
        #expect(try items().map { $0["in_use"] as? Bool } == [true])
        run.process.terminate()
        #expect(try run.finish().code == 8)
        #expect(try test.buildbox(["env", "rm", "--all"], environment: environment).code == 0)
        #expect(try items().isEmpty)
    }

    /// A sandbox that reads what an index sent writes to the environment that it makes, which gets its name only when that
    /// sandbox is dead, and to nothing else of the home: no cache, no download, no lock.
    @Test(.enabled(if: geteuid() == 0, "as an ordinary user everything of a home belongs to one id"))
    func whatReadsBytesOfAnIndexWritesNothingThatOthersRead() throws {
        let project = try project("written", requires: "\"buildbox-harmless\", \"sdist-only\"")
        #expect(try test.buildbox(["run", "-w", project.string], environment: environment).code == 0)
        var written: Set<String> = []
        for case let path as String in try #require(FileManager.default.enumerator(atPath: home.string)) {
            let facts = try FileManager.default.attributesOfItem(atPath: home.appending(path).string)
            // 0: the supervisor wrote it.
            if facts[.ownerAccountID] as? Int != 0 {
                written.insert(path.split(separator: "/").prefix(1).joined())
            }
        }
        #expect(written == ["environments"], "environments are the control")
        let downloads = try FileManager.default.contentsOfDirectory(atPath: home.appending("wheels").string)
        #expect(downloads.filter { !$0.hasSuffix(".json") }.count == 1)
        for name in downloads where !name.hasSuffix(".json") {
            let folder = home.appending("wheels").appending(name)
            let file = try #require(try FileManager.default.contentsOfDirectory(atPath: folder.string).first)
            let digest = try EndToEnd.host(["/usr/bin/sha256sum", folder.appending(file).string])
            #expect(digest.hasPrefix(name), "a wheel lies under its own digest")
        }
    }

    /// What was downloaded for other environments can be put together for a new one without a network.
    @Test func whatWasDownloadedServesAnOfflineResolution() throws {
        let first = try project("first", requires: "\"buildbox-harmless\", \"sdist-only\"")
        #expect(try test.buildbox(["run", "-w", first.string], environment: environment).code == 0)
        let second = try project("second", requires: "\"buildbox-harmless\"")
        let offline = try test.buildbox(["run", "-w", "--offline", second.string], environment: environment)
        #expect(offline.code == 0, "\(offline.stderr)")
        // Another index may mean another project by the same name.
        let other = environment.merging(["PIP_INDEX_URL": "http://127.0.0.1:1/simple"]) { $1 }
        let refused = try test.buildbox(["run", "-w", "--offline", second.string], environment: other)
        #expect(refused.code == 6, "\(refused.stderr)")
    }

    /// A wheel is unpacked within the disk limit of the build that needs it, and one that says it is larger not at all.
    @Test func anEnvironmentIsUnpackedWithinTheDiskLimit() throws {
        let project = try project("large", requires: "\"large-wheel\"")
        let limited = ["run", "-w", "--disk", "8MiB", project.string]
        // The installer unpacks it to read its metadata, and reaches the limit: it may say so itself before it is stopped.
        let stopped = try test.buildbox(limited, environment: environment)
        #expect(stopped.code == 3 || stopped.code == 6, "\(stopped.stderr)")
        #expect(stopped.stderr.contains(stopped.code == 3 ? "disk" : "No space left on device"), "\(stopped.stderr)")
        #expect(try environments().isEmpty)
        let control = try test.buildbox(["run", "-w", project.string], environment: environment)
        #expect(control.code == 0, "\(control.stderr)")
        #expect(try environments().count == 1)
        #expect(try test.buildbox(["env", "rm", "--all"], environment: environment).code == 0)
        // Its metadata is known now: what it says of its size is looked at before it is unpacked.
        let refused = try test.buildbox(limited, environment: environment)
        #expect(refused.code == 6, "\(refused.stderr)")
        #expect(refused.stderr.contains("unpacks to more than the disk limit"), "\(refused.stderr)")
        #expect(try environments().isEmpty)
    }

    /// At ten moments of making an environment and a wheel for it, one more of them each time.
    @Test func aKillWhileItIsMadeLeavesNothingBroken() throws {
        let project = try project("killed", requires: "\"buildbox-harmless\", \"sdist-only\"")
        let began = ContinuousClock.now
        #expect(try test.buildbox(["run", "-w", project.string], environment: environment).code == 0)
        let whole = began.duration(to: .now)
        var killed = 0
        for number in 0..<10 {
            try FileManager.default.removeItem(atPath: home.string)
            let run = try test.start(["run", "-w", project.string], environment: environment)
            usleep(UInt32(whole / .microseconds(1) * (Double(number) + 0.5) / 10))
            kill(run.pid, SIGKILL)
            if try run.finish().code == 128 + SIGKILL { killed += 1 }
            let next = try test.buildbox(["run", "-w", "--json", project.string], environment: environment)
            #expect(next.code == 0, "after kill \(number): \(next.stderr)")
            let names =
                try environments()
                + FileManager.default.contentsOfDirectory(atPath: home.appending("wheelhouse").string)
                + FileManager.default.contentsOfDirectory(atPath: home.appending("wheels").string)
            #expect(names.allSatisfy { !$0.hasPrefix(".") }, "after kill \(number): \(names)")
        }
        #expect(killed >= 5, "only \(killed) of 10 were killed while they ran")
    }

    /// A file system of its own that is too small, and then is not.
    @Test(.enabled(if: geteuid() == 0, "only root can mount one"))
    func aFullDiskIsNamedAndLeavesNothingBroken() throws {
        let disk = home.string
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
        try EndToEnd.host(["/bin/mount", "-t", "tmpfs", "-o", "size=96k,mode=0755", "tmpfs", disk])
        defer { _ = Result { try EndToEnd.host(["/bin/umount", disk]) } }
        let project = try project("full", requires: "\"buildbox-harmless\", \"sdist-only\"")
        let full = try test.buildbox(["run", "-w", project.string], environment: environment)
        #expect([4, 6, 9].contains(full.code), "\(full.stderr)")
        #expect(full.stderr.contains("No space left on device"), "\(full.stderr)")
        try EndToEnd.host(["/bin/mount", "-o", "remount,size=64m", disk])
        let next = try test.buildbox(["run", "-w", "--json", project.string], environment: environment)
        #expect(next.code == 0, "\(next.stderr)")
        let resolved = (try next.document()["environment"] as? [String: Any])?["resolved"] as? [Any]
        #expect(resolved?.count == 2)
    }
}
