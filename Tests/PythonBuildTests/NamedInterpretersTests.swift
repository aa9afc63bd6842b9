import SystemPackage
import Testing

@testable import PythonBuild

@Suite struct NamedInterpretersTests {
    @Test func namesAreSeparatedByWhiteSpace() throws {
        let named = try NamedInterpreters(
            environment: [NamedInterpreters.variable: "3.11=/opt/py311/bin/python\n  lts=/usr/bin/python3 "])
        #expect(named.paths == ["3.11": "/opt/py311/bin/python", "lts": "/usr/bin/python3"])
        #expect(try NamedInterpreters(environment: [:]).paths.isEmpty)
    }

    @Test(arguments: ["lts", "=/usr/bin/python3", "lts=python3", "-x=/usr/bin/python3", "a/b=/usr/bin/python3", "a="])
    func whatIsNoNameAndPathIsAFault(_ text: String) {
        let failure = #expect(throws: BuildFailure.self) {
            try NamedInterpreters(environment: [NamedInterpreters.variable: text])
        }
        #expect(failure?.exitStatus == .usage)
    }
}
