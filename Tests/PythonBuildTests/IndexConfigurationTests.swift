import EgressProxy
import SandboxProtocol
import SystemPackage
import TestSupport
import Testing

@testable import PythonBuild

@Suite struct IndexConfigurationTests {
    private static let strategy = ["--index-strategy", "unsafe-best-match"]

    @Test(
        arguments: [
            ([:], strategy),
            (
                ["PIP_INDEX_URL": "https://a", "UV_DEFAULT_INDEX": "https://b"],
                ["--default-index", "https://a"] + strategy
            ),
            (
                ["UV_DEFAULT_INDEX": "https://b", "UV_INDEX_URL": "https://c"],
                ["--default-index", "https://b"] + strategy
            ),
            (["PIP_INDEX_URL": "", "UV_INDEX_URL": "https://c"], ["--default-index", "https://c"] + strategy),
            (
                ["PIP_EXTRA_INDEX_URL": "https://a  https://b\n", "UV_INDEX": "https://c"],
                ["--index", "https://a", "--index", "https://b"] + strategy
            ),
            (["UV_EXTRA_INDEX_URL": "https://c"], ["--index", "https://c"] + strategy),
            (["PIP_NO_INDEX": "1"], strategy + ["--no-index"]), (["PIP_NO_INDEX": "true"], strategy + ["--no-index"]),
            (["PIP_NO_INDEX": "0"], strategy), (["PIP_NO_INDEX": "False"], strategy),
            (
                ["PIP_TRUSTED_HOST": "a b:80"],
                strategy + ["--allow-insecure-host", "a", "--allow-insecure-host", "b:80"]
            ),
            (["UNRELATED_INDEX_URL": "https://a"], strategy),
        ] as [([String: String], [String])])
    func theVariablesOfPipAndUvBecomeOptions(_ environment: [String: String], options: [String]) throws {
        #expect(try configuration(environment).options == options)
    }

    @Test func foldersOfLinksAreShownInside() throws {
        let made = try configuration(["PIP_FIND_LINKS": "/wheels https://a/links /more"])
        #expect(
            made.options == Self.strategy + [
                "--find-links", "/links/0", "--find-links", "https://a/links", "--find-links", "/links/2",
            ])
        #expect(mounts(made) == [["/wheels", "/links/0"], ["/more", "/links/2"]])
    }

    /// uv's own list has commas (its reference of environment variables).
    @Test func uvsListOfLinksHasCommas() throws {
        let made = try configuration(["UV_FIND_LINKS": "/wheels,/more"])
        #expect(made.options == Self.strategy + ["--find-links", "/links/0", "--find-links", "/links/1"])
        #expect(mounts(made) == [["/wheels", "/links/0"], ["/more", "/links/1"]])
    }

    /// The operator's proxies are for buildbox's own: the installer is told of that alone.
    @Test func theInstallerGetsNoVariableOfTheOperators() throws {
        let variables = try configuration([
            "http_proxy": "http://a", "HTTP_PROXY": "http://b", "NO_PROXY": "c", "SECRET": "d", "PATH": "/bin",
            "UV_INDEX": "https://e",
        ]).variables
        #expect(Set(variables.keys).isSubset(of: ["SSL_CERT_FILE"]))
    }

    @Test(arguments: ["HTTPS_PROXY", "PIP_PROXY"])
    func aProxyThatCannotBeFollowedIsNamed(_ variable: String) {
        let failure = #expect(throws: BuildFailure.self) {
            try configuration([variable: "socks5://me:secret@a:1"])
        }
        #expect(failure?.code == .provisioningFailed)
        #expect(failure?.message.contains("only http://") == true)
        #expect(failure?.message.contains("secret") == false)
    }

    private static let pypi = ["pypi.org:443 publicAddresses", "files.pythonhosted.org:443 publicAddresses"]

    @Test(
        arguments: [
            ([:], pypi), (["PIP_EXTRA_INDEX_URL": "http://b:81/x"], ["b:81 anyAddress"] + pypi),
            (["PIP_INDEX_URL": "https://u:p@A.example/simple"], ["a.example:443 anyAddress"]),
            (["UV_INDEX": "mine=http://[::1]:8080/"], ["::1:8080 anyAddress"] + pypi),
            (
                ["PIP_INDEX_URL": "https://pypi.org/simple"],
                ["pypi.org:443 anyAddress", "files.pythonhosted.org:443 publicAddresses"]
            ), (["PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/wheels http://c/links"], ["c:80 anyAddress"]),
            (
                ["PIP_NO_INDEX": "1", "BUILDBOX_INDEX_HOSTS": "d, E:81\n[::2]:82"],
                ["d:443 anyAddress", "e:81 anyAddress", "::2:82 anyAddress"]
            ),
        ] as [([String: String], [String])])
    func whatMayBeReachedIsWhatTheOperatorNamed(_ environment: [String: String], hosts: [String]) throws {
        let made = try configuration(environment)
        #expect(Set(made.hosts.hosts.map { "\($0.name):\($0.port) \($0.reach)" }) == Set(hosts))
    }

    @Test(arguments: ["https://a", "a:b", "a/b", "a:0", "::1", "me@a"])
    func aHostThatIsNoneIsNamed(_ word: String) {
        let failure = #expect(throws: BuildFailure.self) {
            try configuration(["BUILDBOX_INDEX_HOSTS": "fine \(word)"])
        }
        #expect(failure?.code == .invalidRequest)
        #expect(failure?.message.contains("BUILDBOX_INDEX_HOSTS: \"\(word)\"") == true)
    }

    @Test(arguments: [
        ([:], 30), (["PIP_TIMEOUT": "7"], 7), (["PIP_DEFAULT_TIMEOUT": "1.5"], 2), (["UV_HTTP_TIMEOUT": "9"], 9),
    ])
    func pipsTimeoutIsTheProxys(_ environment: [String: String], seconds: Int) throws {
        #expect(try configuration(environment).timeout == seconds)
    }

    @Test(arguments: ["0", "-1", "x", "1e9", "nan"]) func aTimeoutThatIsNoneIsNamed(_ text: String) {
        let failure = #expect(throws: BuildFailure.self) {
            try configuration(["PIP_TIMEOUT": text])
        }
        #expect(failure?.message.contains("PIP_TIMEOUT") == true)
    }

    @Test func constraintsAreFiles() throws {
        #expect(try configuration(["PIP_CONSTRAINT": "/a /b"]).constraints == ["/a", "/b"])
        #expect(throws: BuildFailure.self) {
            try configuration(["PIP_CONSTRAINT": "https://a/constraints.txt"])
        }
    }

    @Test func certificatesOfTheOperatorAreShownInside() throws {
        let folder = try TemporaryFolder()
        let file = folder.path.appending("ca.pem")
        try Fixture.write("certificates", to: file)
        let made = try configuration(["PIP_CERT": file.string])
        #expect(made.variables["SSL_CERT_FILE"] == "/order/certificates.pem")
        #expect(mounts(made) == [[file.string, "/order/certificates.pem"]])
    }

    @Test func everythingThatChangesAResolutionChangesTheDigest() throws {
        let environments: [[String: String]] = [
            [:], ["PIP_INDEX_URL": "https://a"], ["PIP_EXTRA_INDEX_URL": "https://a"], ["PIP_NO_INDEX": "1"],
            ["PIP_FIND_LINKS": "https://a"], ["PIP_TRUSTED_HOST": "a"],
        ]
        #expect(
            try Set(environments.map { try configuration($0).digest }).count == environments.count)
        let unrelated = ["PIP_NO_INDEX": "1", "UNRELATED": "x", "HTTPS_PROXY": "http://a"]
        let again = try configuration(unrelated).digest
        #expect(try again == configuration(["PIP_NO_INDEX": "1"]).digest)
    }

    /// Without files: those of this machine have no say here.
    private func configuration(_ environment: [String: String]) throws(BuildFailure) -> IndexConfiguration {
        try IndexConfiguration(
            environment: environment, pip: PipSettings(environment: environment),
            uv: UvSettings(environment: environment))
    }

    private func mounts(_ configuration: IndexConfiguration) -> [[String]] {
        configuration.mounts.map { step in
            guard case .bind(let source, let inside, let access) = step, access != .writable else { return [] }
            return [source, inside]
        }
    }
}
