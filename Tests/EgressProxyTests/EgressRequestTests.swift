import NIOHTTP1
import Testing

@testable import EgressProxy

@Suite struct EgressRequestTests {
    static let accepted: [(HTTPMethod, String, EgressRequest)] = [
        (.CONNECT, "Example.ORG:443", .tunnel(EgressTarget(host: "example.org", port: 443))),
        (.CONNECT, "example.org.:443", .tunnel(EgressTarget(host: "example.org", port: 443))),
        (.CONNECT, "[::1]:443", .tunnel(EgressTarget(host: "::1", port: 443))),
        (.CONNECT, "[0:0::1]:443", .tunnel(EgressTarget(host: "::1", port: 443))),
        (.GET, "http://a/", .forward(EgressTarget(host: "a", port: 80), path: "/")),
        (.GET, "HTTP://a:81/b?c#d", .forward(EgressTarget(host: "a", port: 81), path: "/b?c")),
        (.HEAD, "http://a?b", .forward(EgressTarget(host: "a", port: 80), path: "/?b")),
        (.POST, "http://[::1]:8080/x", .forward(EgressTarget(host: "::1", port: 8080), path: "/x")),
    ]

    @Test(arguments: accepted)
    func aRequestForAProxyIsRead(_ method: HTTPMethod, uri: String, request: EgressRequest) throws {
        #expect(EgressRequest(HTTPRequestHead(version: .http1_1, method: method, uri: uri)) == request)
    }

    @Test(
        arguments: [
            (.CONNECT, "example.org"), (.CONNECT, "example.org:"), (.CONNECT, "example.org:0"),
            (.CONNECT, "example.org:65536"), (.CONNECT, "example.org:443/"), (.CONNECT, "a@b:443"),
            (.CONNECT, "::1:443"), (.CONNECT, "[::1:443"), (.CONNECT, "[name]:443"), (.CONNECT, ":443"),
            (.CONNECT, "a b:443"), (.CONNECT, "ä:443"), (.CONNECT, "a:+43"), (.CONNECT, "a%2e:443"),
            (.CONNECT, "http://a:443"), (.GET, "/"), (.GET, "*"), (.GET, "https://a/"), (.GET, "ftp://a/"),
            (.GET, "http:///"), (.GET, "http://user:secret@a/"), (.GET, "http://a:b/"), (.GET, "http://a\\b/"),
        ] as [(HTTPMethod, String)])
    func anythingElseIsNone(_ method: HTTPMethod, uri: String) {
        #expect(EgressRequest(HTTPRequestHead(version: .http1_1, method: method, uri: uri)) == nil)
    }

    @Test func onlyTheExactHostAndPortAreInAPolicy() {
        let policy = EgressPolicy(
            hosts: [
                EgressHost(name: "A.example.", port: 443, reach: .publicAddresses),
                EgressHost(name: "b", port: 80, reach: .publicAddresses),
                EgressHost(name: "b", port: 80, reach: .anyAddress),
            ], remedy: "")
        #expect(policy.host(for: EgressTarget(host: "a.EXAMPLE", port: 443)) != nil)
        #expect(policy.host(for: EgressTarget(host: "b", port: 80))?.reach == .anyAddress)
        for target in [("a.example", 80), ("x.a.example", 443), ("example", 443), ("aa.example", 443)] {
            #expect(policy.host(for: EgressTarget(host: target.0, port: target.1)) == nil, "\(target)")
        }
    }

    @Test func headersOfOneConnectionAreNotPassedOn() {
        let headers: HTTPHeaders = [
            "Connection": "X-Hop", "X-Hop": "1", "Proxy-Authorization": "Basic secret", "Upgrade": "h2c",
            "Host": "elsewhere", "Authorization": "Basic mine", "Accept": "text/html",
        ]
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "http://a:81/b", headers: headers)
        let passed = head.forwarded(to: EgressTarget(host: "a", port: 81), path: "/b", through: nil)
        #expect(passed.uri == "/b")
        let expected: HTTPHeaders = [
            "Authorization": "Basic mine", "Accept": "text/html", "Connection": "close", "Host": "a:81",
        ]
        #expect(passed.headers.map { "\($0)" }.sorted() == expected.map { "\($0)" }.sorted())
    }
}
