import BuildAPI
import Testing

@testable import MCPServer

@Suite("Options of python -m build as arguments")
struct FrontendArgumentsTests {
    @Test("what is allowed is understood, in all its spellings")
    func understood() throws {
        let options = try FrontendArguments([
            "-sw", "--no-isolation", "-x", "-vv", "-C", "a=1", "-Ca=2", "-C=b=--x", "--config-setting=c",
            "--config-json",
            #"{"d":["1","2"],"e":""}"#,
        ])
        #expect(options.sdist && options.wheel && options.noIsolation && options.skipDependencyCheck)
        #expect(options.verbosity == 2)
        #expect(
            options.settings == [
                "a": .many(["1", "2"]), "b": .one("--x"), "c": .one(""), "d": .many(["1", "2"]), "e": .one(""),
            ])
        #expect(try FrontendArguments([]) == FrontendArguments())
        #expect(try FrontendArguments(["-q", "--quiet", "-q"]).verbosity == -2)
    }

    static let refused: [([String], Int, String)] = [
        (["--outdir", "/etc"], 0, "--outdir is not taken: where artifacts go"),
        (["--outdir=/etc"], 0, "--outdir is not taken"),
        (["-o", "/etc"], 0, "--outdir is not taken"),
        (["-o/etc"], 0, "--outdir is not taken"),
        (["-wo/etc"], 0, "--outdir is not taken"),
        (["--out=/etc"], 0, "write --outdir in full, which is not taken either"),
        (["--installer", "uv"], 0, "--installer is not taken: build environments"),
        (["--env-dir", "/etc"], 0, "--env-dir is not taken: build environments"),
        (["--sdist-extract-dir=/etc"], 0, "--sdist-extract-dir is not taken"),
        (["--report", "/etc/x"], 0, "--report is not taken"),
        (["--metadata"], 0, "--metadata is not taken"),
        (["--dependency-constraints-txt", "/etc/passwd"], 0, "it names a file of the host"),
        (["--version"], 0, "--version is not taken"), (["-V"], 0, "--version is not taken"),
        (["--help"], 0, "--help is not taken"), (["-h"], 0, "--help is not taken"),
        (["-w", "other"], 1, "second source folder"), (["-w", "/"], 1, "second source folder"),
        (["-"], 0, "second source folder"), (["--"], 0, "no positional arguments"),
        (["--sd"], 0, "write --sdist in full"), (["--sdist=yes"], 0, "--sdist takes no value"),
        (["-z"], 0, "no option of python -m build"), (["--zap"], 0, "no option of python -m build"),
        (["-C"], 0, "takes a value"), (["-C", "=x"], 0, "its key is not empty"),
        (["--config-json", "[]"], 0, "one object"), (["--config-json", "{"], 0, "not JSON"),
        (["--config-json", #"{"a":{"b":1}}"#], 0, "a string or an array of strings"),
        (["-w", "a\0b"], 1, "no NUL"), ([String(repeating: "v", count: 5000)], 0, "at most 4096 bytes"),
        (Array(repeating: "-v", count: 65), 64, "64 are taken"),
    ]

    @Test("everything else is refused, each with its own words and its place", arguments: refused)
    func refusal(_ arguments: [String], _ index: Int, _ words: String) throws {
        do {
            _ = try FrontendArguments(arguments)
            Issue.record("\(arguments) was taken")
        } catch {
            #expect(error.index == index)
            #expect(error.message.contains(words), "\(error.message)")
        }
    }
}
