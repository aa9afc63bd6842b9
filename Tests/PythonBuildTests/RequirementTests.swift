import Testing

@testable import PythonBuild

@Suite struct RequirementTests {
    @Test(arguments: [
        ("setuptools>=77", "setuptools"),
        ("setuptools >= 40.8.0", "setuptools"),
        (#"numpy>=2.0.0rc1; python_version >= "3.9""#, "numpy"),
        ("oldest-supported-numpy", "oldest-supported-numpy"),
        ("setuptools_scm[toml]>=6.2,<9", "setuptools-scm"),
        ("setuptools_scm [toml] >= 6.2 , < 9", "setuptools-scm"),
        ("setuptools_scm[toml, simple]", "setuptools-scm"),
        ("cython (>=3)", "cython"),
        ("Cython(>=3,<4)", "cython"),
        ("pkg==1.*", "pkg"),
        ("pkg===1.0+local.1", "pkg"),
        ("pkg!=1!2.0", "pkg"),
        (#"a~=1.0 ; (sys_platform == "win32" or extra == 'x') and python_version not in "2.7""#, "a"),
        ("a;'linux' in sys_platform", "a"),
        ("a ; os.name=='posix' and platform.python_implementation != 'PyPy'", "a"),
        ("  wheel\t\n", "wheel"),
        ("A.B_-c", "a-b-c"),
        ("3to2", "3to2"),
    ])
    func aRequirementByNamePasses(_ string: String, name: String) throws {
        let requirement = try Requirement(string)
        #expect(requirement.name == name)
        #expect(try Requirement(requirement.text) == requirement)
    }

    @Test(arguments: [
        ("  setuptools   >=\t77 \n", "setuptools >= 77"), ("wheel", "wheel"),
        ("a>=1 ;\r\n  extra == 'x'", "a>=1 ; extra == 'x'"),
    ])
    func theTextIsOneLineInSingleSpaces(_ string: String, text: String) throws {
        #expect(try Requirement(string).text == text)
    }

    @Test(arguments: [
        ("-r x", "option"), (" -e .", "option"), ("--index-url https://example.invalid", "option"),
        ("x @ https://example.invalid/x.whl", "URL"), ("x@file:///etc", "URL"), ("x[y] @ /etc", "URL"),
        ("git+https://example.invalid/x", "PEP 440"), ("https://example.invalid/x.whl", "PEP 440"),
        ("file:///etc/passwd", "PEP 440"), ("C:/x", "PEP 440"), ("dir/x", "PEP 440"), ("~/x", "project name"),
        ("./x", "project name"), ("../x", "project name"), ("/x", "project name"), (".", "project name"),
        ("x\ny", "PEP 440"), ("x\r--pre", "PEP 440"), ("x --hash=sha256:00", "PEP 440"),
        ("x==1 --pre", "does not belong"),
        ("${HOME}", "variable"), ("x; extra == '${HOME}'", "variable"), ("x\\", "backslash"),
        ("x; extra == '\\'", "backslash"),
        ("sétuptools", "ASCII"), ("x\u{202e}", "ASCII"), ("x\0", "ASCII"), ("x\u{1b}[m", "ASCII"), ("x\u{7f}", "ASCII"),
        ("", "project name"), ("   ", "project name"), (String(repeating: "x", count: 2000), "longer"),
        ("x; unknown == '1'", "marker variable"), ("x; PYTHON_VERSION > '3'", "marker variable"),
        ("x;", "marker variable"),
        ("x; python_version", "comparison"), ("x; python_version > '3", "not closed"),
        ("x; python_version not '3'", "`in`"),
        ("x (>=1", "not closed"), ("x >=1)", "does not belong"), ("x; (python_version > '3'", "not closed"),
        ("x; python_version > '3')", "does not belong"), ("x[y", "not closed"), ("x[y;]", "not closed"),
        ("x[-]", "extra"),
        ("x]", "PEP 440"), ("x==1 junk", "does not belong"), ("x y", "PEP 440"), ("x==", "no version"),
        ("x=1", "PEP 440"),
        ("x # comment", "PEP 440"), ("-x", "option"), ("x-", "project name"), ("_x", "project name"),
        ("x,y", "PEP 440"),
        ("x; python_version > '3' junk", "does not belong"), ("x==1/../y", "does not belong"),
    ])
    func whatIsNoRequirementByNameIsRefused(_ string: String, cause: String) {
        let refusal = #expect(throws: Requirement.Refusal.self) { try Requirement(string) }
        #expect(refusal?.cause.contains(cause) == true, "\(refusal?.cause ?? "")")
    }

    /// uv takes such a line for a file, name or not (uv-pep508, `looks_like_archive`).
    @Test(arguments: [
        "x.whl", "x-1.0-py3-none-any.whl", "x.zip", "x.tar.gz", "x.tgz", "x.tar", "x.tar.gz[y]",
        "x.zip ; os_name == 'posix'",
    ])
    func aNameThatTheInstallerTakesForAFileIsRefused(_ string: String) {
        #expect(throws: Requirement.Refusal.self) { try Requirement(string) }
    }

    @Test(arguments: ["zipp", "x.y", "whl", "tar.gzip"])
    func aNameThatOnlyLooksALittleLikeAFilePasses(_ string: String) throws {
        #expect(try !Requirement(string).text.isEmpty)
    }

    @Test func lengthAndDepthHaveTheirLimits() throws {
        let padding = String(repeating: " ", count: Requirement.longest - 1)
        #expect(try Requirement("x\(padding)").name == "x")
        #expect(throws: Requirement.Refusal.self) { try Requirement("xx\(padding)") }
        func nested(_ depth: Int) -> String {
            "x; " + String(repeating: "(", count: depth) + "extra=='y'" + String(repeating: ")", count: depth)
        }
        #expect(try Requirement(nested(15)).name == "x")
        #expect(throws: Requirement.Refusal.self) { try Requirement(nested(16)) }
        #expect(throws: Requirement.Refusal.self) { try Requirement(nested(400)) }
    }

    @Test func aRefusalIsPrintableAndShort() {
        let refusal = #expect(throws: Requirement.Refusal.self) {
            try Requirement("\u{1b}]0;x\u{7}\u{202e}ä" + String(repeating: "y", count: 900))
        }
        let text = refusal?.description ?? ""
        #expect(text.hasPrefix("the build requirement \"?]0;x???yyy"))
        #expect(text.unicodeScalars.allSatisfy { (0x20...0x7e).contains($0.value) })
        #expect(text.count < 400)
    }
}
