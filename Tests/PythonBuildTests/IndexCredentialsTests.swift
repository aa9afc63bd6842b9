import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import PythonBuild

@Suite struct IndexCredentialsTests {
    private let netrc = NetrcFile("machine pypi.example login me password s:e/c@t")

    @Test(
        arguments: [
            ("https://pypi.example/simple", "https://me:s%3Ae%2Fc%40t@pypi.example/simple"),
            ("http://pypi.example:8080?x=y", "http://me:s%3Ae%2Fc%40t@pypi.example:8080?x=y"),
            ("https://own:password@pypi.example/simple", "https://own:password@pypi.example/simple"),
            ("https://user@pypi.example/simple", "https://user@pypi.example/simple"),
            ("https://other.example/simple", "https://other.example/simple"), ("/links/0", "/links/0"),
        ])
    func aConfiguredIndexGetsItsOwnLoginAlone(_ url: String, completed: String) async throws {
        let credentials = IndexCredentials(netrc: netrc, keyring: nil, environment: [:])
        #expect(try await credentials.complete(url) == completed)
    }

    @Test func aKeyringIsAskedForAUserWithoutAPassword() async throws {
        let folder = try TemporaryFolder()
        let keyring = folder.path.appending("keyring")
        try Fixture.write(
            "#!/bin/sh\n[ \"$1 $2 $3\" = 'get https://pypi.example/simple me' ] && echo \"$SECRET\"\n", to: keyring)
        chmod(keyring.string, 0o755)
        let credentials = IndexCredentials(netrc: nil, keyring: keyring, environment: ["SECRET": "a b"])
        #expect(
            try await credentials.complete("https://me@pypi.example/simple") == "https://me:a%20b@pypi.example/simple")
        #expect(
            try await credentials.complete("https://you@pypi.example/simple") == "https://you@pypi.example/simple",
            "it knows nothing of that user")
    }

    /// Only what belongs to a configured index enters the installer's options.
    @Test func theOptionsHaveTheLoginsOfTheirHosts() async throws {
        let environment = [
            "PIP_INDEX_URL": "https://pypi.example/simple", "PIP_EXTRA_INDEX_URL": "https://other.example/simple",
            "PIP_FIND_LINKS": "https://pypi.example/links /wheels",
        ]
        var index = try IndexConfiguration(
            environment: environment, pip: PipSettings(environment: environment), uv: UvSettings(environment: [:]))
        try await index.add(IndexCredentials(netrc: netrc, keyring: nil, environment: [:]))
        #expect(
            index.options == [
                "--default-index", "https://me:s%3Ae%2Fc%40t@pypi.example/simple", "--index",
                "https://other.example/simple", "--index-strategy", "unsafe-best-match", "--find-links",
                "https://me:s%3Ae%2Fc%40t@pypi.example/links", "--find-links", "/links/1",
            ])
    }
}
