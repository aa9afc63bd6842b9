import BuildAPI
import Foundation
import SourceText
import Testing

@testable import MCPServer

@Suite("Arguments of python_build")
struct BuildArgumentsTests {
    private func read(_ text: String) throws -> BuildArguments {
        let value = try JSONValue(Array(text.utf8), bounds: .init())
        return try BuildArguments(try #require(value.object))
    }

    private func faults(_ text: String) throws -> [String: String] {
        do {
            _ = try read(text)
            return [:]
        } catch let faults as ArgumentReader.Faults {
            return Dictionary(faults.all.map { ($0.pointer, $0.detail) }) { $0 + "; " + $1 }
        }
    }

    @Test(
        "sdist and wheel say what is built; left out, an sdist and a wheel from it",
        arguments: [
            ("{}", nil, nil), (#"{"sdist":true}"#, true, false), (#"{"wheel":true}"#, false, true),
            (#"{"sdist":true,"wheel":true}"#, true, true), (#"{"sdist":false}"#, false, true),
            (#"{"wheel":false}"#, true, false), (#"{"sdist":null,"wheel":null}"#, nil, nil),
            (#"{"args":["-s"]}"#, true, false), (#"{"args":["-sw"]}"#, true, true),
            (#"{"args":["-s"],"wheel":true}"#, true, true), (#"{"sdist":true,"wheel":false}"#, true, false),
        ] as [(String, Bool?, Bool?)])
    func distributions(_ text: String, _ sdist: Bool?, _ wheel: Bool?) throws {
        let document = try read(text).document
        #expect(document.sdist == sdist)
        #expect(document.wheel == wheel)
    }

    @Test("nothing to build is an error that says so")
    func nothing() throws {
        #expect(try faults(#"{"sdist":false,"wheel":false}"#)["/wheel"]?.contains("both false") == true)
        #expect(try faults(#"{"sdist":false,"args":["-s"]}"#)["/args"]?.contains("contradicts") == true)
    }

    @Test("limits, waiting and the interpreter")
    func limits() throws {
        let standard = try read("{}")
        #expect(standard.document.limits?.timeMs == 300_000)
        #expect(standard.document.runTimeoutS == 300)
        #expect(standard.wait == nil)
        #expect(standard.source == .directory(nil))
        let set = try read(#"{"timeout":1500,"memory":"512MiB","python":"3.12","wait_s":3}"#)
        #expect(set.document.limits?.timeMs == 1500)
        #expect(set.document.runTimeoutS == 2)
        #expect(set.document.limits?.memoryBytes == 512 << 20)
        #expect(set.document.python == "3.12")
        #expect(set.wait == .seconds(3))
        #expect(try read(#"{"detach":true}"#).wait == .zero)
        #expect(try read(#"{"timeout":1000.0}"#).document.runTimeoutS == 1)
    }

    @Test("sources")
    func sources() throws {
        let digest = String(repeating: "a1", count: 32)
        #expect(
            try read(#"{"source":{"digest":"\#(digest)","name":"p.zip","subdirectory":"x"}}"#).source
                == .uploaded(digest: digest, name: "p.zip", subdirectory: "x"))
        #expect(
            try read(#"{"source":{"base64":"aGk=","name":"p.tar.gz"}}"#).source
                == .inline([0x68, 0x69], name: "p.tar.gz", subdirectory: nil))
    }

    static let refused: [(String, String, String)] = [
        (#"{"directoy":"x"}"#, "", "directory is meant?"), (#"{"installer":"uv"}"#, "", "no argument"),
        (#"{"directory":5}"#, "/directory", "a string"), (#"{"directory":""}"#, "/directory", "bytes"),
        (#"{"directory":"a\u0000b"}"#, "/directory", "NUL"), (#"{"outdir":[]}"#, "/outdir", "a string"),
        (#"{"sdist":"true"}"#, "/sdist", "true or false"), (#"{"wheel":1}"#, "/wheel", "true or false"),
        (#"{"args":"-s"}"#, "/args", "array of strings"), (#"{"args":[1]}"#, "/args", "array of strings"),
        (#"{"args":["-w","--outdir=/etc"]}"#, "/args/1", "--outdir is not taken"),
        (#"{"timeout":0}"#, "/timeout", "1 to 21600000"), (#"{"timeout":1.5}"#, "/timeout", "whole number"),
        (#"{"timeout":99999999}"#, "/timeout", "1 to 21600000"), (#"{"memory":"lots"}"#, "/memory", "no size"),
        (#"{"memory":512}"#, "/memory", "a string"), (#"{"python":"/usr/bin/python3"}"#, "/python", "3.12"),
        (#"{"python":"2.7"}"#, "/python", "Python 3"), (#"{"python":"3.x"}"#, "/python", "Python 3"),
        (#"{"wait_s":-1}"#, "/wait_s", "0 to"), (#"{"wait_s":5,"detach":true}"#, "/detach", "leave one"),
        (#"{"skipDependencyCheck":true}"#, "/skipDependencyCheck", "noBuildIsolation"),
        (#"{"directory":"x","source":{"name":"a.zip","base64":""}}"#, "/source", "twice"),
        (#"{"source":{}}"#, "/source/name", "required"), (#"{"source":{"name":"a.zip"}}"#, "/source", "either"),
        (#"{"source":{"name":"../a.zip","base64":""}}"#, "/source/name", "no slash"),
        (#"{"source":{"name":"a.zip","base64":"?"}}"#, "/source/base64", "not base64"),
        (#"{"source":{"name":"a.zip","digest":"abc"}}"#, "/source/digest", "64"),
        (#"{"source":{"name":"a.zip","base64":"","url":"x"}}"#, "/source", "no argument"),
    ]

    @Test("what is wrong is told with its place", arguments: refused)
    func refusal(_ text: String, _ pointer: String, _ words: String) throws {
        let faults = try faults(text)
        #expect(faults[pointer]?.contains(words) == true, "\(faults)")
    }

    @Test("all faults are told at once")
    func together() throws {
        #expect(try faults(#"{"timeout":0,"python":"2","memory":"x","args":["-o"]}"#).count == 4)
    }

    @Test("the schema that clients see has the arguments and limits that are read")
    func schema() throws {
        let tools = try JSONValue(Array(ToolCatalog.text.utf8), bounds: .init()).array ?? []
        #expect(tools.compactMap { $0.object?["name"]?.string } == ToolName.allCases.map(\.rawValue))
        let properties = try #require(tools[0].object?["inputSchema"]?.object?["properties"]?.object)
        #expect(
            properties.keys.sorted() == [
                "args", "detach", "directory", "memory", "noBuildIsolation", "outdir", "python", "sdist",
                "skipDependencyCheck", "source", "timeout", "wait_s", "wheel",
            ])
        #expect(properties["timeout"]?.object?["default"]?.integer == BuildArguments.defaultTimeout)
        #expect(properties["timeout"]?.object?["maximum"]?.integer == BuildArguments.timeouts.upperBound)
        let inline = properties["source"]?.object?["properties"]?.object?["base64"]?.object
        #expect(inline?["maxLength"]?.integer == Int64((BuildArguments.largestInline + 2) / 3 * 4))
    }
}
