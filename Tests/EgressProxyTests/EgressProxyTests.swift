import FoundationEssentials
import Glibc
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import EgressProxy

/// Real sockets on the loopback.
@Suite(.serialized) struct EgressProxyTests {
    private func get(_ target: String, _ more: String = "") -> String {
        "GET http://\(target)/page HTTP/1.1\r\nHost: x\r\n\(more)\r\n"
    }

    private func connect(_ target: String) -> String { "CONNECT \(target) HTTP/1.1\r\nHost: \(target)\r\n\r\n" }

    @Test func aRequestReachesItsOriginAndItsAnswerTheClient() async throws {
        let origin = try await Origin()
        let report = try await proxied([named("127.0.0.1", origin.port)]) { port in
            let answer = try await Loopback.exchange(get("127.0.0.1:\(origin.port)"), port: port)
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(answer.hasSuffix("\r\n\r\nhi"))
            #expect(answer.contains("Connection: close\r\n"))
        }
        let request = try #require(origin.requests.first)
        #expect(request.hasPrefix("GET /page HTTP/1.1\r\n"))
        #expect(request.contains("Host: 127.0.0.1:\(origin.port)\r\n"))
        #expect(report.connections.count == 1)
        #expect(report.connections.first?.verdict == .passed)
        #expect(report.connections.first?.bytesIn == 2)
        #expect(report.connections.first?.address == "127.0.0.1")
        try await origin.stop()
    }

    @Test func aTunnelCarriesBytesBothWays() async throws {
        let origin = try await Origin { $0 == "ping" ? "pong" : nil }
        let report = try await proxied([named("127.0.0.1", origin.port)]) { port in
            // The bytes come with the request, before the tunnel stands.
            let answer = try await Loopback.exchange(connect("127.0.0.1:\(origin.port)") + "ping", port: port)
            #expect(answer == "HTTP/1.1 200 Connection established\r\n\r\npong")
        }
        #expect(origin.requests == ["ping"])
        #expect(report.connections.map(\.verdict) == [.passed])
        #expect(report.connections.first?.bytesIn == 4)
        #expect(report.connections.first?.bytesOut == 4)
        try await origin.stop()
    }

    /// No header makes a body of what is the tunnel's already.
    @Test(arguments: [
        "Content-Length: 9\r\n", "Transfer-Encoding: chunked\r\n", "Upgrade: x\r\nConnection: upgrade\r\n",
    ])
    func aTunnelIsOneWhateverItsRequestClaims(_ header: String) async throws {
        let origin = try await Origin { $0.hasSuffix("ping") ? "pong" : nil }
        let target = "127.0.0.1:\(origin.port)"
        _ = try await proxied([named("127.0.0.1", origin.port)]) { port in
            let request = "CONNECT \(target) HTTP/1.1\r\nHost: \(target)\r\n\(header)\r\nping"
            let answer = try await Loopback.exchange(request, port: port)
            #expect(answer == "HTTP/1.1 200 Connection established\r\n\r\npong")
        }
        #expect(origin.requests == ["ping"])
        try await origin.stop()
    }

    /// Each is refused while the control, the same request for the host that is named, is not.
    @Test func whatIsNotInThePolicyIsRefusedAndNotTouched() async throws {
        let (origin, other) = (try await Origin(), try await Origin())
        let hosts = [named("127.0.0.1", origin.port)]
        let report = try await proxied(hosts) { port in
            for target in [
                "127.0.0.1:\(other.port)", "localhost:\(origin.port)", "169.254.169.254:80", "[::1]:\(origin.port)",
            ] {
                for request in [get(target), connect(target)] {
                    let answer = try await Loopback.exchange(request, port: port)
                    #expect(answer.hasPrefix("HTTP/1.1 403 Forbidden\r\n"), "\(answer)")
                    #expect(answer.contains("\(target) was asked for") && answer.contains("name it"), "\(answer)")
                }
            }
            let answer = try await Loopback.exchange(get("127.0.0.1:\(origin.port)"), port: port)
            #expect(answer.hasPrefix("HTTP/1.1 200 OK"), "the positive control")
        }
        #expect(other.requests.isEmpty)
        #expect(origin.requests.count == 1)
        #expect(report.connections.filter { $0.verdict.name == "refused" }.count == 8)
        #expect(report.causes.count == 4)
        for server in [origin, other] { try await server.stop() }
    }

    @Test func aNameThatLeadsToThisMachineIsRefusedUnlessTheOperatorNamedIt() async throws {
        let origin = try await Origin()
        let target = "index.test:\(origin.port)"
        let refused = try await proxied([known("index.test", origin.port)], resolver: StubResolver(["127.0.0.1"])) {
            port in
            let answer = try await Loopback.exchange(get(target), port: port)
            #expect(answer.hasPrefix("HTTP/1.1 403"))
            #expect(answer.contains("127.0.0.1 (loopback)"))
        }
        #expect(refused.connections.first?.verdict.name == "refused")
        #expect(origin.requests.isEmpty)
        let passed = try await proxied([named("index.test", origin.port)], resolver: StubResolver(["127.0.0.1"])) {
            port in
            let answer1 = try await Loopback.exchange(get(target), port: port)
            #expect(answer1.hasPrefix("HTTP/1.1 200"), "the positive control")
        }
        #expect(passed.connections.first?.verdict == .passed)
        #expect(origin.requests.count == 1)
        try await origin.stop()
    }

    /// Where a name has several addresses, only those that may be are connected to.
    @Test func aForbiddenAddressAmongOthersIsPassedOver() async throws {
        let origin = try await Origin()
        let resolver = StubResolver(["169.254.169.254", "0.0.0.0", "127.0.0.1"])
        _ = try await proxied([named("index.test", origin.port)], resolver: resolver) { port in
            let answer2 = try await Loopback.exchange(get("index.test:\(origin.port)"), port: port)
            #expect(answer2.hasPrefix("HTTP/1.1 200"))
        }
        #expect(origin.requests.count == 1)
        try await origin.stop()
    }

    /// DNS rebinding: the second answer leads elsewhere. One connection asks once, and goes where
    /// that answer said. The control is the second connection, which does get the other answer.
    @Test func theAddressThatWasLookedAtIsTheOneThatIsConnectedTo() async throws {
        let first = try await Origin()
        let second = try await Origin(address: "127.0.0.2", port: first.port)
        let resolver = StubResolver(["127.0.0.1"], ["127.0.0.2"])
        _ = try await proxied([named("index.test", first.port)], resolver: resolver) { port in
            _ = try await Loopback.exchange(get("index.test:\(first.port)"), port: port)
            #expect(resolver.names == ["index.test"])
            #expect(first.requests.count == 1 && second.requests.isEmpty)
            _ = try await Loopback.exchange(get("index.test:\(first.port)"), port: port)
            #expect(second.requests.count == 1)
        }
        for server in [first, second] { try await server.stop() }
    }

    /// The first answer is public, the next this machine: nothing of this machine is reached by either.
    @Test func aPublicNameThatTurnsToThisMachineIsRefused() async throws {
        let origin = try await Origin()
        var limits = EgressLimits()
        limits.dialTime = .milliseconds(200)
        let resolver = StubResolver(["192.0.2.1"], ["127.0.0.1"])
        let report = try await proxied([known("index.test", origin.port)], resolver: resolver, limits: limits) { port in
            for _ in 0..<2 { _ = try await Loopback.exchange(get("index.test:\(origin.port)"), port: port) }
        }
        #expect(resolver.names.count == 2)
        #expect(report.connections.map(\.verdict.name) == ["failed", "refused"])
        #expect(origin.requests.isEmpty)
        try await origin.stop()
    }

    @Test func aNameWithoutAnAddressIsABadGateway() async throws {
        let report = try await proxied([known("no-such-host.invalid", 443)]) { port in
            let answer = try await Loopback.exchange(connect("no-such-host.invalid:443"), port: port)
            #expect(answer.hasPrefix("HTTP/1.1 502"))
            #expect(answer.contains("no-such-host.invalid cannot be resolved"))
        }
        #expect(report.connections.first?.verdict.name == "failed")
    }

    @Test func aHostThatDoesNotListenIsABadGateway() async throws {
        let (descriptor, free) = try Loopback.listener()
        close(descriptor)
        _ = try await proxied([named("127.0.0.1", free)]) { port in
            let answer = try await Loopback.exchange(connect("127.0.0.1:\(free)"), port: port)
            #expect(answer.hasPrefix("HTTP/1.1 502"))
            #expect(answer.contains("Connection refused"), "\(answer)")
        }
    }

    @Test func aResolverThatIsSilentIsGivenUp() async throws {
        var limits = EgressLimits()
        limits.dialTime = .milliseconds(100)
        let report = try await proxied([known("a", 443)], resolver: SilentResolver(), limits: limits) { port in
            let answer3 = try await Loopback.exchange(connect("a:443"), port: port)
            #expect(answer3.hasPrefix("HTTP/1.1 504"))
        }
        #expect(report.connections.first?.verdict.name == "stopped")
    }

    @Test(arguments: [true, false]) func aStalledTransferIsEnded(_ inTunnel: Bool) async throws {
        let origin = try await Origin(staysOpen: true) { _ in "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf" }
        var limits = EgressLimits()
        limits.idleTime = .milliseconds(300)
        let target = "127.0.0.1:\(origin.port)"
        let report = try await proxied([named("127.0.0.1", origin.port)], limits: limits) { port in
            let request = inTunnel ? connect(target) + "ping" : get(target)
            let answer = try await Loopback.exchange(request, port: port)
            #expect(answer.hasSuffix("half"), "\(answer)")
        }
        #expect(report.connections.first?.verdict == .stopped("no byte came or went for too long"))
        #expect(report.connections.first?.bytesIn ?? 0 >= 4)
        try await origin.stop()
    }

    @Test func aResponseThatBreaksOffDoesNotEndLikeAWholeOne() async throws {
        let origin = try await Origin { _ in "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf" }
        let report = try await proxied([named("127.0.0.1", origin.port)]) { port in
            let answer = try await Loopback.exchange(get("127.0.0.1:\(origin.port)"), port: port)
            #expect(answer.contains("Content-Length: 9") && answer.hasSuffix("half"))
        }
        #expect(report.connections.first?.verdict.name == "failed")
        try await origin.stop()
    }

    @Test func garbageInPlaceOfAResponseIsABadGateway() async throws {
        let origin = try await Origin { _ in "\u{1}\u{2} no HTTP at all\r\n\r\n" }
        let report = try await proxied([named("127.0.0.1", origin.port)]) { port in
            let answer = try await Loopback.exchange(get("127.0.0.1:\(origin.port)"), port: port)
            #expect(answer.hasPrefix("HTTP/1.1 502"), "\(answer)")
            #expect(answer.contains("no HTTP"))
        }
        #expect(report.connections.first?.verdict.name == "failed")
        try await origin.stop()
    }

    @Test(
        arguments: [
            ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "400", "this is a proxy"),
            ("CONNECT nowhere HTTP/1.1\r\n\r\n", "400", "this is a proxy"),
            ("GET http://user:secret@a/ HTTP/1.1\r\nHost: a\r\n\r\n", "400", "this is a proxy"),
            ("\u{1}\u{2}\u{3}\r\n\r\n", "400", "no HTTP"),
            (
                "GET http://a/ HTTP/1.1\r\nX: \(String(repeating: "x", count: 70_000))\r\n\r\n", "400",
                "larger than 65536"
            ),
            ("GET http://\(String(repeating: "x", count: 70_000))", "400", "larger than 65536"),
        ])
    func aRequestThatIsNoneIsRefused(_ request: String, status: String, words: String) async throws {
        let report = try await proxied([named("a", 80)]) { port in
            let answer = try await Loopback.exchange(request, port: port)
            #expect(answer.hasPrefix("HTTP/1.1 \(status)") && answer.contains(words), "\(answer)")
            #expect(!answer.contains("secret"))
        }
        #expect(report.connections.count == 1)
        #expect(report.connections.first?.verdict.name == "refused")
    }

    @Test func aHeadThatNeverEndsIsGivenUp() async throws {
        var limits = EgressLimits()
        limits.headTime = .milliseconds(200)
        let report = try await proxied([], limits: limits) { port in
            let answer4 = try await Loopback.exchange("GET http://a/ HTTP/1.1\r\nX", port: port)
            #expect(answer4.hasPrefix("HTTP/1.1 504"))
        }
        #expect(report.connections.first?.verdict == .stopped("no whole request came in time"))
    }

    /// A second request could be for another host: it is not looked at.
    @Test func oneConnectionIsOneRequest() async throws {
        let (origin, other) = (try await Origin(), try await Origin())
        let hosts = [named("127.0.0.1", origin.port), named("127.0.0.1", other.port)]
        _ = try await proxied(hosts) { port in
            let both = get("127.0.0.1:\(origin.port)") + get("127.0.0.1:\(other.port)")
            _ = try await Loopback.exchange(both, port: port)
            _ = try await Loopback.exchange(get("127.0.0.1:\(origin.port)"), port: port)
        }
        #expect(origin.requests.allSatisfy { $0.components(separatedBy: "GET ").count == 2 })
        #expect(other.requests.isEmpty)
        for server in [origin, other] { try await server.stop() }
    }

    @Test func bytesBeyondTheLimitEndTheConnection() async throws {
        let origin = try await Origin(staysOpen: true) { _ in String(repeating: "x", count: 100_000) }
        var limits = EgressLimits()
        for (allowed, verdict) in [(1 << 20, "passed"), (50_000, "stopped")] {
            limits.totalBytes = UInt64(allowed)
            limits.idleTime = .seconds(5)
            let report = try await proxied([named("127.0.0.1", origin.port)], limits: limits) { port in
                let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                    .channelInitializer { $0.pipeline.addHandler(Until(bytes: 100_000)) }
                    .connect(host: "127.0.0.1", port: port).get()
                try await channel.writeAndFlush(ByteBuffer(string: connect("127.0.0.1:\(origin.port)") + "ping"))
                try await channel.closeFuture.get()
            }
            #expect(report.connections.first?.verdict.name == verdict)
        }
        try await origin.stop()
    }

    @Test func clientsBeyondTheLimitAreTurnedAway() async throws {
        let origin = try await Origin(staysOpen: true) { _ in nil }
        var limits = EgressLimits()
        limits.connections = 1
        _ = try await proxied([named("127.0.0.1", origin.port)], limits: limits) { port in
            let first = Received()
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelInitializer { $0.pipeline.addHandler(first) }
                .connect(host: "127.0.0.1", port: port).get()
            try await channel.writeAndFlush(ByteBuffer(string: connect("127.0.0.1:\(origin.port)") + "ping"))
            while origin.requests.isEmpty { await Task.yield() }
            let answer5 = try await Loopback.exchange(connect("127.0.0.1:\(origin.port)"), port: port)
            #expect(answer5 == "")
            try await channel.close()
            while try await !Loopback.exchange(get("b"), port: port).hasPrefix("HTTP/1.1 403") { await Task.yield() }
        }
        try await origin.stop()
    }

    @Test func theWayOutLeadsThroughTheOperatorsProxy() async throws {
        let upstream = try await Origin { request in
            request.hasPrefix("CONNECT")
                ? "HTTP/1.1 200 Fine\r\n\r\nfrom behind"
                : "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nplain"
        }
        let routes = try UpstreamRoutes(environment: ["ALL_PROXY": "http://me:secret@127.0.0.1:\(upstream.port)"])
        let resolver = StubResolver(["127.0.0.1"])
        let hosts = [known("index.test", 443), known("index.test", 80)]
        let report = try await proxied(hosts, upstream: routes, resolver: resolver) { port in
            let tunnel = try await Loopback.exchange(connect("index.test:443"), port: port)
            #expect(tunnel == "HTTP/1.1 200 Connection established\r\n\r\nfrom behind")
            let answer6 = try await Loopback.exchange(get("index.test"), port: port)
            #expect(answer6.hasSuffix("plain"))
            let answer7 = try await Loopback.exchange(connect("other.test:443"), port: port)
            #expect(answer7.hasPrefix("HTTP/1.1 403"))
        }
        #expect(resolver.names.isEmpty, "the upstream proxy resolves")
        #expect(upstream.requests.count == 2)
        #expect(upstream.requests.allSatisfy { $0.contains("Proxy-Authorization: Basic bWU6c2VjcmV0\r\n") })
        #expect(upstream.requests.first?.hasPrefix("CONNECT index.test:443 HTTP/1.1\r\n") == true)
        #expect(upstream.requests.last?.hasPrefix("GET http://index.test/page HTTP/1.1\r\n") == true)
        #expect(!"\(report)".contains("secret"))
        try await upstream.stop()
    }

    @Test(arguments: [("407 No", "give user and password"), ("403 No", "with status 403")])
    func anUpstreamProxyThatRefusesIsNamed(_ status: String, words: String) async throws {
        let upstream = try await Origin { _ in "HTTP/1.1 \(status)\r\nContent-Length: 0\r\n\r\n" }
        let routes = try UpstreamRoutes(environment: ["HTTPS_PROXY": "http://127.0.0.1:\(upstream.port)"])
        _ = try await proxied([known("index.test", 443)], upstream: routes) { port in
            let answer = try await Loopback.exchange(connect("index.test:443"), port: port)
            #expect(answer.hasPrefix("HTTP/1.1 502") && answer.contains(words), "\(answer)")
        }
        try await upstream.stop()
    }

    @Test func aBusyProxyIsStopped() async throws {
        let origin = try await Origin(staysOpen: true) { _ in nil }
        let target = "127.0.0.1:\(origin.port)"
        let channels = ClientChannels()
        let report = try await proxied([named("127.0.0.1", origin.port)]) { port in
            for request in [connect(target) + "ping", get(target), "GET http"] {
                let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                    .connect(host: "127.0.0.1", port: port).get()
                channels.add(channel)
                try await channel.writeAndFlush(ByteBuffer(string: request))
            }
            while origin.requests.count < 2 { await Task.yield() }
        }
        for channel in channels.all { try await channel.closeFuture.get() }
        #expect(report.connections.count == 2)
        try await origin.stop()
    }

    @Test func aProxyThatNeverServedHasNothingToTell() async {
        let proxy = EgressProxy(policy: EgressPolicy(hosts: [], remedy: ""), logger: .init(label: "test"))
        #expect(await proxy.stop() == EgressReport())
        #expect(await proxy.stop() == EgressReport())
    }
}
