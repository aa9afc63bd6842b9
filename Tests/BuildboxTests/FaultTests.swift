import Foundation
import SystemPackage
import Testing

@Suite struct FaultTests {
    struct Broken: CustomTestStringConvertible {
        let project: String
        let code: Int32
        /// What the author has to be told.
        let says: String

        var testDescription: String { project }
    }

    @Test(arguments: [
        Broken(project: "broken-toml", code: 1, says: "failed to parse pyproject.toml: "),
        Broken(project: "broken-empty", code: 1, says: "no pyproject.toml or setup.py"),
        Broken(project: "broken-no-backend", code: 1, says: "Backend 'no_such_backend' is not available"),
        Broken(project: "broken-setup", code: 1, says: "Traceback (most recent call last)"),
        Broken(project: "broken-build-system", code: 1, says: "`requires` is a required property"),
        Broken(project: "broken-requires-types", code: 1, says: "must be an array of strings"),
        Broken(project: "broken-requires", code: 6, says: "it is an option for the installer"),
        Broken(project: "broken-url", code: 6, says: "it names a URL or a path"),
        Broken(project: "broken-missing", code: 6, says: "buildbox-no-such-distribution-xyzzy"),
    ])
    func aBrokenProjectSaysWhatToMend(broken: Broken) throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        let outcome = try test.buildbox(["run", try test.project(broken.project).string])
        #expect(outcome.code == broken.code, "\(outcome.stderr)")
        #expect(outcome.stderr.contains(broken.says), "\(outcome.stderr)")
        #expect(outcome.stdout.isEmpty)
    }

    @Test func aMissingFolderIsAnInvalidRequest() throws {
        let test = try EndToEnd()
        let outcome = try test.buildbox(["run", "./nowhere"])
        #expect(outcome.code == 2)
        #expect(outcome.stderr.contains("there is no"))
    }

    @Test(arguments: [
        ["run", "--no-such-option"], ["run", "-q", "-v"], ["run", "-x"], ["run", "--memory", "lots"],
        ["run", "--timeout", "-3"], ["run", "--allow-missing", "seccomp"], ["run", "a", "b"], ["walk"],
        ["run", "-C", "a=b", "--config-json", "{}"], ["run", "--profile", "no-such-profile", "."],
    ])
    func aWrongCallIsToldHow(arguments: [String]) throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        let outcome = try test.buildbox(arguments)
        #expect(outcome.code == 2, "\(outcome.stderr)")
        #expect(!outcome.stderr.isEmpty)
        #expect(outcome.stdout.isEmpty)
    }

    @Test func withoutCgroupLimitsARunIsRefusedByName() throws {
        guard EndToEnd.User.available.contains(.root) else { return }
        let test = try EndToEnd(.ordinary)
        defer { try? test.cleanUp() }
        let project = try test.project("hello-intree").string
        let refused = try test.buildbox(["run", "-w", project], strict: true)
        #expect(refused.code == 4)
        #expect(refused.stderr.contains("cgroup-memory"))
        #expect(refused.stderr.contains("--allow-missing"))
        let accepted = try test.buildbox(["run", "-w", "--json", project])
        #expect(accepted.code == 0)
        let sandbox = try #require(try accepted.document()["sandbox"] as? [String: Any])
        #expect(sandbox["missing"] as? [String] == ["cgroup-memory", "cgroup-pids", "cgroup-cpu", "cgroup-cpu-time"])
    }

    @Test func anInterpreterOfTheProjectIsNeverStarted() throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        let project = try test.project("planted")
        let markers = test.folder.appending("markers")
        try FileManager.default.createDirectory(atPath: markers.string, withIntermediateDirectories: true)
        let environment = ["PLANTED_MARKER_DIR": markers.string]
        for python in ["\(project.string)/python3", "\(project.string)/.venv/bin/python", "./python3"] {
            let outcome = try test.buildbox(
                ["run", "--python", python, project.string], environment: environment, directory: project)
            #expect(outcome.code == 2, "\(outcome.stderr)")
        }
        let path = "\(project.string):.:\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin")"
        let byPath = try test.buildbox(
            ["run", project.string], environment: environment.merging(["PATH": path]) { $1 }, directory: project)
        #expect(byPath.code == 2, "\(byPath.stderr)")
        let outcome = try test.buildbox(["run", "."], environment: environment, directory: project)
        #expect(outcome.code == 0, "\(outcome.stderr)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: markers.string).isEmpty)
        // The control: what is planted does leave its mark when something of the host runs it.
        _ = try Running(
            ["/bin/sh", "-c", "./python3"], environment: environment.merging(["PATH": "/usr/bin:/bin"]) { $1 },
            directory: project
        ).finish()
        #expect(try !FileManager.default.contentsOfDirectory(atPath: markers.string).isEmpty)
    }

    /// A shim's shell, a development install's sitecustomize and a linked `.git` are ways for a project to have a
    /// say on the host before its build begins.
    @Test func nothingOfTheProjectSteersTheInterpreterProbe() throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        let project = try test.project("hello-intree")
        let marker = test.folder.appending("marker")
        let shims = test.folder.appending("shims")
        let environment = test.folder.appending("venv")
        let script = """
            mkdir -p '\(project)/bin' '\(shims)'
            printf '#!/bin/sh\\necho shell >> "\(marker)"\\nexec /bin/sh "$@"\\n' > '\(project)/bin/steered'
            printf '#!/usr/bin/env steered\\nexec /usr/bin/python3 "$@"\\n' > '\(shims)/python3'
            printf '#!/bin/sh\\nexec /bin/sh "$@"\\n' > '\(shims)/steered'
            chmod 755 '\(project)/bin/steered' '\(shims)/python3' '\(shims)/steered'
            printf 'open("\(marker)", "a").write("site")\\n' > '\(project)/planted_by_pth.py'
            /usr/bin/python3 -m venv --without-pip '\(environment)'
            echo 'import sys; sys.path.insert(0, "\(project)"); import planted_by_pth' \\
                > "$(echo '\(environment)'/lib/python3*/site-packages)/develop.pth"
            """
        try EndToEnd.host(["/bin/sh", "-ec", script])
        let path = "\(project)/bin:\(shims):/usr/bin:/bin"
        let byShim = try test.buildbox(["run", "-w", project.string], environment: ["PATH": path])
        #expect(byShim.code == 0, "\(byShim.stderr)")
        let python = environment.appending("bin/python").string
        let byInstall = try test.buildbox(["run", "-w", "--python", python, project.string])
        #expect(byInstall.code == 0, "\(byInstall.stderr)")
        #expect(!FileManager.default.fileExists(atPath: marker.string))
        // The controls: both leave their mark when they are started without care.
        try EndToEnd.host(["\(shims)/python3", "-c", ""], environment: ["PATH": path])
        #expect(try String(contentsOfFile: marker.string, encoding: .utf8).contains("shell"))
        try EndToEnd.host([python, "-I", "-c", ""])
        #expect(try String(contentsOfFile: marker.string, encoding: .utf8).contains("site"))
    }

    @Test func whatTheSandboxMakesItselfCannotBeShownOver() throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        let project = try test.project("hello-intree")
        for path in ["/", "/proc", "/dev"] {
            #expect(try test.buildbox(["run", "-w", "--ro", path, project.string]).code == 2)
        }
        #expect(try test.buildbox(["run", "-w", "--ro", "/etc/hostname", project.string]).code == 0)
    }

    @Test func aGitLinkOfTheProjectIsNotFollowed() throws {
        let test = try EndToEnd()
        defer { try? test.cleanUp() }
        let project = try test.project("hello-intree")
        let elsewhere = test.folder.appending("elsewhere")
        try Data("gitdir: /nowhere\n".utf8).write(to: URL(filePath: elsewhere.string))
        let git = project.appending(".git").string
        try FileManager.default.createSymbolicLink(atPath: git, withDestinationPath: elsewhere.string)
        #expect(try !test.buildbox(["run", "-w", project.string]).stderr.contains("--source-root"))
        try FileManager.default.removeItem(atPath: git)
        try FileManager.default.copyItem(atPath: elsewhere.string, toPath: git)
        #expect(try test.buildbox(["run", "-w", project.string]).stderr.contains("--source-root"))
    }
}
