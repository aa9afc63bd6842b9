import SystemPackage
import Testing

@testable import PythonBuild

@Suite struct PipSettingsTests {
    private func settings(
        _ files: [FilePath: String], _ environment: [String: String] = ["HOME": "/home/me"]
    ) throws(BuildFailure) -> PipSettings {
        try PipSettings(environment: environment, prefix: "/python", read: { files[$0] })
    }

    static let order: [FilePath] = [
        "/etc/xdg/pip/pip.conf", "/etc/pip.conf", "/home/me/.pip/pip.conf", "/home/me/.config/pip/pip.conf",
        "/python/pip.conf",
    ]

    @Test(arguments: order.indices) func aLaterFileIsAboveAnEarlierOne(_ last: Int) throws {
        let files = Self.order[...last].map { ($0, "[global]\nindex-url = https://\($0.string)\n") }
        let found = try settings(Dictionary(uniqueKeysWithValues: files))["index-url"]
        #expect(found == .init(value: "https://\(Self.order[last])", origin: Self.order[last].string))
    }

    @Test func theSectionOfInstallIsAboveThatOfAllAndAVariableAboveBoth() throws {
        let files: [FilePath: String] = [
            "/etc/pip.conf": "[install]\nindex-url = https://a\n",
            "/python/pip.conf": "[global]\nindex-url = https://b\n",
        ]
        #expect(try settings(files)["index-url"]?.value == "https://a")
        #expect(try settings(files, ["PIP_INDEX_URL": "https://c"])["index-url"]?.value == "https://c")
    }

    @Test func aNamedFileStandsInForTheUsersAndAboveTheOthers() throws {
        let files: [FilePath: String] = [
            "/home/me/.config/pip/pip.conf": "[global]\nno-index = 1\n", "/etc/pip.conf": "[global]\ntimeout = 7\n",
            "/mine": "[global]\nindex-url = https://a\n",
        ]
        let named = try settings(files, ["HOME": "/home/me", "PIP_CONFIG_FILE": "/mine"])
        #expect(named["index-url"]?.value == "https://a")
        #expect(named["no-index"] == nil)
        #expect(named["timeout"]?.value == "7")
        #expect(try settings(files, ["HOME": "/home/me", "PIP_CONFIG_FILE": "/gone"])["no-index"]?.isOn == true)
        #expect(try settings(files, ["HOME": "/home/me", "PIP_CONFIG_FILE": "/dev/null"])["timeout"] == nil)
    }

    @Test func aFileIsReadAsPipReadsIt() throws {
        let text = """
            # a comment
            ; another
            [global]
            Extra_Index_Url: https://a
                https://b

            --find-links =
                /one
                /two
            quiet = 1
            [list]
            format = columns
            pre = 1
            """
        let found = try settings(["/etc/pip.conf": text])
        #expect(found["extra-index-url"]?.words == ["https://a", "https://b"])
        #expect(found["find-links"]?.words == ["/one", "/two"])
        #expect(found["pre"] == nil)
    }

    @Test(arguments: [
        "pre = 1", "no-binary = :all:", "only-binary = x", "prefer-binary = 1", "target = /x",
    ])
    func whatCannotBeFollowedIsNamedWithItsFile(_ line: String) {
        let failure = #expect(throws: BuildFailure.self) { try settings(["/etc/pip.conf": "[global]\n\(line)\n"]) }
        #expect(failure?.code == .provisioningFailed)
        #expect(failure?.message.contains("/etc/pip.conf sets \(line.split(separator: " ")[0])") == true)
    }

    @Test(arguments: ["index-url = x", "[global\n", "[global]\nwords\n"])
    func aLineThatIsNoneIsNamed(_ text: String) {
        let failure = #expect(throws: BuildFailure.self) { try settings(["/etc/pip.conf": text]) }
        #expect(failure?.message.contains("/etc/pip.conf:") == true)
    }
}
