import Testing

@testable import PythonBuild

@Suite struct ConstraintLinesTests {
    @Test(arguments: [
        ("", ""), ("\n# a remark\n   \n", ""), ("setuptools<79", "setuptools<79\n"),
        (
            "  wheel==0.45.1  # the last one\r\nattrs>=1 ; python_version < '4'\n",
            "wheel==0.45.1\nattrs>=1 ; python_version < '4'\n"
        ),
    ])
    func requirementsAreTaken(text: String, lines: String) throws {
        #expect(RequirementsFile(try ConstraintLines.parsed(text)).text == lines)
    }

    @Test(arguments: [
        "--index-url https://example.invalid/", "-r /etc/passwd", "-c other.txt", "a @ https://example.invalid/a.whl",
        "./a", "a==1 --hash=sha256:00", "a==1 \\\n--index-url=x", "${HOME}", "a#b", "a\u{0}b",
    ])
    func whatAnInstallerWouldFollowIsRefused(line: String) {
        let failure = #expect(throws: BuildFailure.self) { try ConstraintLines.parsed("good==1\n" + line) }
        #expect(failure?.code == .invalidRequest)
        #expect(failure?.message.hasPrefix("line 2 of the constraints: ") == true)
    }

    @Test func thereIsAMostOfThem() throws {
        let most = String(repeating: "a\n", count: ConstraintLines.most)
        #expect(try ConstraintLines.parsed(most).count == ConstraintLines.most)
        #expect(throws: BuildFailure.self) { try ConstraintLines.parsed(most + "a") }
    }
}
