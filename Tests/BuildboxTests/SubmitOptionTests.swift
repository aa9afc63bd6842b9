import ArgumentParser
import BuildAPI
import BuildClient
import Foundation
import PythonBuild
import SystemPackage
import TestSupport
import Testing

@testable import CommandLineInterface

/// What `submit` makes of its options: the request, and what is refused before anything is sent.
@Suite struct SubmitOptionTests {
    private func document(_ arguments: [String]) throws -> String {
        let command = try Submit.parse(arguments)
        let document = try BuildDocument(
            build: command.build, variables: try command.variables.values(from: [:]), limits: command.limits,
            job: command.job)
        return String(decoding: try DocumentCoding.encoder().encode(document), as: UTF8.self)
    }

    @Test func withoutOptionsNothingIsAskedFor() throws {
        #expect(try document(["./proj"]) == "{}")
    }

    @Test(arguments: [
        (["-w"], #"{"sdist":false,"wheel":true}"#), (["-s", "-w"], #"{"sdist":true,"wheel":true}"#),
        (["-n", "-x"], #"{"no_isolation":true,"skip_dependency_check":true}"#),
        (["-C", "a=1", "-C", "b", "-C", "a=2"], #"{"config_settings":{"a":["1","2"],"b":""}}"#),
        (["--config-json", #"{"fooBar":"x","y":["z"]}"#], #"{"config_settings":{"fooBar":"x","y":["z"]}}"#),
        (["-e", "SOME_NAME=v"], #"{"environment":{"SOME_NAME":"v"}}"#), (["-vv"], #"{"verbosity":2}"#),
        (["-qqq"], #"{"verbosity":-2}"#), (["--python", "3.12"], #"{"python":"3.12"}"#),
        (["--offline", "--profile", "strict"], #"{"offline":true,"profile":"strict"}"#),
        (
            ["--timeout", "90s", "--memory", "1GiB", "--cpus", "0.5", "--on-log-limit", "trim"],
            #"{"limits":{"cpus":0.5,"memory_bytes":1073741824,"on_log_limit":"trim","time_ms":90000}}"#
        ),
        (
            ["--priority=-3", "--queue-timeout", "1500ms", "--run-timeout", "1h"],
            #"{"priority":-3,"queue_timeout_s":2,"run_timeout_s":3600}"#
        ),
    ])
    func everyOptionIsSaidInTheRequest(_ arguments: [String], _ json: String) throws {
        #expect(try document(arguments) == json)
    }

    @Test func whatIsAskedForComesBackAsItWas() throws {
        let text = try document(["-e", "SOME_NAME=v", "--config-json", #"{"fooBar":"x"}"#])
        let read = try DocumentCoding.decoder().decode(BuildDocument.self, from: Data(text.utf8))
        #expect(read.environment == ["SOME_NAME": "v"])
        #expect(read.configSettings == ["fooBar": .one("x")])
    }

    @Test(arguments: [
        ["--python", "/usr/bin/python3"], ["--profile", "./p.json"], ["--config-json", #"{"a":{"b":1}}"#],
        ["--config-json", "[]"], ["-o", "dist"], ["--result-file", "r"], ["--cancel-on-interrupt"],
        ["--folder-on-server", "relative"], ["--folder-on-server", "/srv/p", "./proj"],
        ["--folder-on-server", "/srv/p", "--source-root", "/srv"], ["--priority", "11"], ["--ro", "/tmp"],
        ["--allow-missing", "cgroup"],
        ["--dependency-constraints-txt", "/nonexistent"], ["-q", "-v"], ["--pids", "1"],
    ])
    func whatAServerCannotDoIsRefusedHere(_ arguments: [String]) {
        #expect(throws: (any Error).self) { try Submit.parse(arguments) }
    }

    @Test func aProjectInASubfolderIsSentWithWhatIsAroundIt() throws {
        let folder = try TemporaryFolder()
        let project = folder.path.appending("packages/one")
        try FileManager.default.createDirectory(atPath: project.string, withIntermediateDirectories: true)
        func sourceIn(_ root: String, _ inner: String...) throws -> SubmitSource {
            let command = try Submit.parse(["--source-root", root] + inner)
            return try SubmitSource(project.string, build: command.build, job: command.job) { _ in }
        }
        let source = try sourceIn(folder.path.string)
        #expect(source.document == SourceDocument(subdirectory: "packages/one"))
        #expect(source.upload?.name == "\(folder.path.lastComponent?.string ?? "").tar.gz")
        #expect(source.defaultOutput.folder == project.appending("dist"))
        #expect(throws: ValidationError.self) { try sourceIn(project.appending("deeper").string) }
        #expect(throws: ValidationError.self) { try sourceIn(folder.path.appending("packages/on").string) }
        #expect(
            try sourceIn(folder.path.string, "--subdirectory", "inner").document
                == SourceDocument(subdirectory: "packages/one/inner"))
        for outside in ["../up", "/abs"] {
            #expect(throws: ValidationError.self) { try sourceIn(folder.path.string, "--subdirectory", outside) }
        }
    }

    @Test func anArchiveIsSentAsItIs() throws {
        let folder = try TemporaryFolder()
        let archive = folder.path.appending("six-1.17.0.tar.gz")
        try Data("bytes".utf8).write(to: URL(filePath: archive.string))
        let command = try Submit.parse(["--subdirectory", "inner"])
        let source = try SubmitSource(archive.string, build: command.build, job: command.job) { _ in }
        #expect(source.upload?.name == "six-1.17.0.tar.gz")
        #expect(source.upload?.size == 5)
        #expect(source.document == SourceDocument(subdirectory: "inner"))
        #expect(source.defaultOutput.folder == folder.path)
    }
}
