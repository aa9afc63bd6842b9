import Testing

@testable import PythonBuild

@Suite struct InterpreterTests {
    static let answer = """
        {"executable": "/venv/bin/python", "base_executable": "/usr/bin/python3.11", "prefix": "/venv", "base_prefix": "/usr",
         "version": "3.11.2", "implementation": "cpython", "build": "3.11.2 (main) [GCC]", "platform": "linux-x86_64",
         "soabi": "cpython-311-x86_64-linux-gnu", "more": null}
        """

    @Test func whatTheProbePrintsIsUnderstood() throws {
        let interpreter: Interpreter = try #require(JSON.value(from: Array(Self.answer.utf8)))
        #expect(interpreter.executable == "/venv/bin/python")
        #expect(interpreter.baseExecutable == "/usr/bin/python3.11")
        #expect(interpreter.prefix == "/venv")
        #expect(interpreter.basePrefix == "/usr")
        #expect(interpreter.title == "cpython 3.11.2")
        #expect(interpreter.soabi == "cpython-311-x86_64-linux-gnu")
        let stored: Interpreter? = JSON.value(from: Array(try JSON.text(interpreter).utf8))
        #expect(stored == interpreter)
    }

    @Test(arguments: ["", "null", "{}", "[]", "Python 3.11.2", answer.replacing("base_prefix", with: "basePrefix")])
    func anotherAnswerIsNone(_ answer: String) {
        let interpreter: Interpreter? = JSON.value(from: Array(answer.utf8))
        #expect(interpreter == nil)
    }

    @Test func environmentsDependOnTheBaseInterpreterAlone() throws {
        let interpreter: Interpreter = try #require(JSON.value(from: Array(Self.answer.utf8)))
        var same = interpreter
        same.executable = "/other/bin/python"
        same.prefix = "/other"
        #expect(same.digest == interpreter.digest)
        let changes: [(inout Interpreter) -> Void] = [
            { $0.baseExecutable = "" }, { $0.basePrefix = "" }, { $0.version = "" }, { $0.implementation = "" },
            { $0.build = "" }, { $0.platform = "" }, { $0.soabi = "" },
        ]
        for change in changes {
            var other = interpreter
            change(&other)
            #expect(other.digest != interpreter.digest)
        }
    }
}
