import Testing

@testable import EgressProxy

@Suite struct UpstreamRoutesTests {
    private static let secure = EgressRequest.tunnel(EgressTarget(host: "index.example", port: 443))
    private static let plain = EgressRequest.forward(EgressTarget(host: "index.example", port: 80), path: "/")

    static let routes: [([String: String], secure: String?, plain: String?)] = [
        ([:], nil, nil),
        (["HTTPS_PROXY": "http://p:1"], "p:1", nil),
        (["HTTP_PROXY": "http://p:1"], nil, "p:1"),
        (["ALL_PROXY": "http://p:1"], "p:1", "p:1"),
        (["ALL_PROXY": "http://p:1", "HTTPS_PROXY": "http://q:2"], "q:2", "p:1"),
        (["https_proxy": "p:1", "HTTPS_PROXY": "q:2"], "p:1", nil),
        (["HTTPS_PROXY": "http://p/"], "p:80", nil),
        (["HTTPS_PROXY": "http://[::1]:3128"], "::1:3128", nil),
        (["ALL_PROXY": "p:1", "NO_PROXY": "*"], nil, nil),
        (["ALL_PROXY": "p:1", "NO_PROXY": "index.example"], nil, nil),
        (["ALL_PROXY": "p:1", "NO_PROXY": "other, .example"], nil, nil),
        (["ALL_PROXY": "p:1", "no_proxy": "EXAMPLE"], nil, nil),
        (["ALL_PROXY": "p:1", "NO_PROXY": "ndex.example,10.0.0.0/8"], "p:1", "p:1"),
        (["ALL_PROXY": "p:1", "NO_PROXY": "index.example:443"], nil, "p:1"),
    ]

    @Test(arguments: routes)
    func theVariablesSayWhichWayIsTaken(_ environment: [String: String], secure: String?, plain: String?) throws {
        let routes = try UpstreamRoutes(environment: environment)
        #expect(routes.proxy(for: Self.secure).map { "\($0.host):\($0.port)" } == secure)
        #expect(routes.proxy(for: Self.plain).map { "\($0.host):\($0.port)" } == plain)
    }

    @Test(arguments: [
        ("10.1.2.3", "10.0.0.0/8", true), ("11.1.2.3", "10.0.0.0/8", false), ("fd00::1", "fd00::/8", true),
        ("10.1.2.3", "10.1.2.3", true), ("10.1.2.3", "fd00::/8", false), ("10.1.2.3", "0.0.0.0/x", false),
    ])
    func addressesAreExceptedByRange(_ host: String, exception: String, isDirect: Bool) throws {
        let routes = try UpstreamRoutes(environment: ["ALL_PROXY": "p:1", "NO_PROXY": exception])
        #expect((routes.proxy(for: .tunnel(EgressTarget(host: host, port: 1))) == nil) == isDirect)
    }

    @Test(arguments: [
        ("http://user:pass@p:1", "Basic dXNlcjpwYXNz"), ("http://us%40er:p%3Aa@p:1", "Basic dXNAZXI6cDph"),
        ("http://user@p:1", "Basic dXNlcjo="), ("http://a:b@c@p:1", "Basic YTpiQGM="), ("http://p:1", nil),
    ])
    func credentialsBecomeAHeader(_ url: String, header: String?) throws {
        let proxy = try UpstreamProxy(url, from: "HTTPS_PROXY")
        #expect(proxy.authorization == header)
        #expect(proxy.host == "p" && proxy.port == 1)
    }

    @Test(arguments: ["socks5://p:1", "https://user:secret@p:1", "http://", "http://user:se%zzcret@p:1", "http://p:x"])
    func aProxyThatCannotBeFollowedIsAnErrorThatTellsNoPassword(_ url: String) {
        let error = #expect(throws: EgressError.self) { try UpstreamRoutes(environment: ["https_proxy": url]) }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains("https_proxy") == true)
        #expect(error?.message.contains("cret") == false)
    }
}
