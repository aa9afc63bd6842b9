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
    func theVariablesOfPipAndUvBecomeOptions(_ environment: [String: String], options: [String]) {
        #expect(IndexConfiguration(environment: environment).options == options)
    }

    @Test func foldersOfLinksAreShownInside() {
        let configuration = IndexConfiguration(environment: ["PIP_FIND_LINKS": "/wheels https://a/links /more"])
        #expect(
            configuration.options == Self.strategy + [
                "--find-links", "/links/0", "--find-links", "https://a/links", "--find-links", "/links/2",
            ])
        #expect(mounts(configuration) == [["/wheels", "/links/0"], ["/more", "/links/2"]])
    }

    /// uv's own list has commas (its reference of environment variables).
    @Test func uvsListOfLinksHasCommas() {
        let configuration = IndexConfiguration(environment: ["UV_FIND_LINKS": "/wheels,/more"])
        #expect(configuration.options == Self.strategy + ["--find-links", "/links/0", "--find-links", "/links/1"])
        #expect(mounts(configuration) == [["/wheels", "/links/0"], ["/more", "/links/1"]])
    }

    @Test func proxiesArePassedOnAndNothingElse() {
        let variables = IndexConfiguration(environment: [
            "http_proxy": "http://a", "HTTP_PROXY": "http://b", "NO_PROXY": "c", "SECRET": "d", "PATH": "/bin",
        ]).variables
        #expect(variables["HTTP_PROXY"] == "http://a")
        #expect(variables["NO_PROXY"] == "c")
        #expect(Set(variables.keys).isSubset(of: ["HTTP_PROXY", "NO_PROXY", "SSL_CERT_FILE"]))
    }

    @Test func certificatesOfTheOperatorAreShownInside() throws {
        let folder = try TemporaryFolder()
        let file = folder.path.appending("ca.pem")
        try Fixture.write("certificates", to: file)
        let configuration = IndexConfiguration(environment: ["PIP_CERT": file.string])
        #expect(configuration.variables["SSL_CERT_FILE"] == "/order/certificates.pem")
        #expect(mounts(configuration) == [[file.string, "/order/certificates.pem"]])
    }

    @Test func everythingThatChangesAResolutionChangesTheDigest() {
        let environments: [[String: String]] = [
            [:], ["PIP_INDEX_URL": "https://a"], ["PIP_EXTRA_INDEX_URL": "https://a"], ["PIP_NO_INDEX": "1"],
            ["PIP_FIND_LINKS": "https://a"], ["HTTPS_PROXY": "https://a"],
        ]
        #expect(Set(environments.map { IndexConfiguration(environment: $0).digest }).count == environments.count)
        let again = IndexConfiguration(environment: ["PIP_NO_INDEX": "1", "UNRELATED": "x"]).digest
        #expect(again == IndexConfiguration(environment: ["PIP_NO_INDEX": "1"]).digest)
    }

    private func mounts(_ configuration: IndexConfiguration) -> [[String]] {
        configuration.mounts.map { step in
            guard case .bind(let source, let inside, let access) = step, access != .writable else { return [] }
            return [source, inside]
        }
    }
}
