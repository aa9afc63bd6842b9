import BuildAPI
import FoundationEssentials
import Testing

@testable import HTTPAPI

@Suite struct BuildDocumentReaderTests {
    @Test func everyMemberIsRead() throws {
        let text = """
            {"source": {"blob": "\(String(repeating: "0a", count: 32))", "name": "six.zip", "subdirectory": "a/b"},
             "sdist": true, "wheel": false, "no_isolation": true, "skip_dependency_check": true,
             "config_settings": {"--global_option": "x", "twoWords": ["a", "b"]}, "dependency_constraints": "a<2",
             "verbosity": -1, "python": "3.12", "environment": {"SOME_NAME": "v", "aB": ""}, "offline": true,
             "profile": "strict", "priority": -10, "queue_timeout_s": 60, "run_timeout_s": 61,
             "limits": {"time_ms": 1, "cpu_time_ms": 2, "memory_bytes": 3, "disk_bytes": 4, "pids": 5, "cpus": 0.5,
                        "log_bytes": 6, "on_log_limit": "trim"}}
            """
        let document = try BuildDocumentReader.read(Array(text.utf8))
        #expect(document.configSettings == ["--global_option": .one("x"), "twoWords": .many(["a", "b"])])
        #expect(document.environment == ["SOME_NAME": "v", "aB": ""])
        #expect(document.priority == -10)
        #expect(document.limits?.cpus == 0.5)
        // Whatever the wire format has, the reader knows: read again from what it was written as, it is the same.
        let written = try DocumentCoding.encoder().encode(document)
        #expect(try BuildDocumentReader.read(Array(written)) == document)
        #expect(try DocumentCoding.decoder().decode(BuildDocument.self, from: written) == document)
    }

    @Test func anEmptyRequestIsABuildAsRunHasIt() throws {
        #expect(try BuildDocumentReader.read(Array("{}".utf8)) == BuildDocument())
    }

    @Test(arguments: [
        (#"{"sorce": {}}"#, "/sorce"), (#"{"source": {"blob": "xyz"}}"#, "/source/blob"),
        (#"{"source": {"folder": "relative"}}"#, "/source/folder"), (#"{"source": {"size": 1}}"#, "/source/size"),
        (#"{"source": {"subdirectory": "a/../b"}}"#, "/source/subdirectory"),
        (#"{"source": {"name": "a/b"}}"#, "/source/name"), (#"{"verbosity": 3}"#, "/verbosity"),
        (#"{"verbosity": 1.5}"#, "/verbosity"), (#"{"python": "/usr/bin/python"}"#, "/python"),
        (#"{"python": "3."}"#, "/python"), (#"{"environment": {"A": 1}}"#, "/environment/A"),
        (#"{"environment": {"A/b~": null}}"#, "/environment/A~1b~0"),
        (#"{"config_settings": {"a": [1]}}"#, "/config_settings/a/0"), (#"{"profile": "../x"}"#, "/profile"),
        (#"{"limits": {"cpus": 0}}"#, "/limits/cpus"), (#"{"limits": {"on_log_limit": "x"}}"#, "/limits/on_log_limit"),
        (#"{"sdist": "yes"}"#, "/sdist"), (#"{"sdist": null}"#, "/sdist"), (#"{"priority": 11}"#, "/priority"),
        (#"{"queue_timeout_s": 0}"#, "/queue_timeout_s"), ("[]", ""),
    ])
    func aFaultHasItsPointer(_ text: String, _ pointer: String) throws {
        let problem = #expect(throws: HTTPProblem.self) { try BuildDocumentReader.read(Array(text.utf8)) }
        #expect(problem?.code == .invalidRequest)
        #expect(problem?.faults.map(\.pointer) == [pointer])
    }

    @Test func allFaultsAreFoundAtOnce() throws {
        let text = #"{"sdist": 1, "wheel": 2, "limits": {"pids": -1, "x": 0}}"#
        let problem = #expect(throws: HTTPProblem.self) { try BuildDocumentReader.read(Array(text.utf8)) }
        #expect(problem?.faults.map(\.pointer) == ["/sdist", "/wheel", "/limits/pids", "/limits/x"])
    }

    @Test(arguments: ["", "{", "{}{}", #"{"sdist": true, "sdist": true}"#, "\u{feff}{}", "nul"])
    func whatIsNoJSONIsMalformed(_ text: String) {
        let problem = #expect(throws: HTTPProblem.self) { try BuildDocumentReader.read(Array(text.utf8)) }
        #expect(problem?.code == .malformed)
    }
}
