import SystemPackage
import Testing

@testable import PythonBuild

@Suite struct UvSettingsTests {
    private let file: FilePath = "/etc/uv/uv.toml"

    @Test func aFileSaysWhereFromAndVariablesGoAboveIt() throws {
        let options = [
            "default-index": ["https://a"], "index": ["https://b"], "extra-index-url": ["https://c"],
            "find-links": ["/wheels"], "allow-insecure-host": ["d"], "no-index": ["true"],
            "keyring-provider": ["subprocess"], "cache-dir": ["/somewhere"],
        ]
        let settings = try UvSettings(environment: [:], file: (file, options))
        #expect(settings.defaultIndex == "https://a")
        #expect(settings.indexes == ["https://b", "https://c"])
        #expect(settings.links == ["/wheels"])
        #expect(settings.insecureHosts == ["d"])
        #expect(settings.hasNoIndex)
        #expect(settings.asksKeyring)
        let above = try UvSettings(
            environment: ["UV_DEFAULT_INDEX": "https://e", "UV_INDEX": "https://f", "UV_KEYRING_PROVIDER": "disabled"],
            file: (file, options))
        #expect(above.defaultIndex == "https://e")
        #expect(above.indexes == ["https://f"])
        #expect(!above.asksKeyring)
    }

    @Test(arguments: ["exclude-newer", "override-dependencies", "prerelease", "something-of-tomorrow"])
    func anOptionThatCannotBeFollowedIsAFault(_ option: String) {
        let failure = #expect(throws: BuildFailure.self) {
            try UvSettings(environment: [:], file: (file, [option: ["x"]]))
        }
        #expect(failure?.message.contains("/etc/uv/uv.toml sets \(option)") == true)
        #expect(failure?.exitStatus == .notProvisioned)
    }

    @Test(arguments: ["UV_EXCLUDE_NEWER", "UV_PRERELEASE", "UV_NO_BINARY"])
    func aVariableThatCannotBeFollowedIsAFault(_ name: String) {
        let failure = #expect(throws: BuildFailure.self) { try UvSettings(environment: [name: "x"]) }
        #expect(failure?.message.contains(name) == true)
    }

    @Test(
        arguments: [
            ([:], "/etc/uv/uv.toml"), (["HOME": "/home/me"], "/home/me/.config/uv/uv.toml"),
            (["HOME": "/home/me", "XDG_CONFIG_HOME": "/c"], "/c/uv/uv.toml"),
            (["HOME": "/home/me", "UV_CONFIG_FILE": "/named.toml"], "/named.toml"),
            (["HOME": "/home/me", "UV_NO_CONFIG": "1"], nil),
        ] as [([String: String], String?)])
    func theFileThatCountsIsTheFirstOne(_ environment: [String: String], path: String?) {
        let there: Set<FilePath> = ["/etc/uv/uv.toml", "/home/me/.config/uv/uv.toml", "/c/uv/uv.toml"]
        #expect(UvSettings.file(environment) { there.contains($0) }?.string == path)
    }
}
