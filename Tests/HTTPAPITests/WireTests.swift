import HTTPTypes
import Testing

@testable import HTTPAPI

@Suite struct WireTests {
    private static let second: UInt64 = 1_000_000_000

    @Test func aSlowHeadIsCutOff() {
        var pace = ConnectionPace(limits: WireLimits(), now: 0)
        #expect(judge(&pace, now: 59 * Self.second, buffered: 0) == .fine)
        pace.readSomething(now: 59 * Self.second)
        #expect(judge(&pace, now: 68 * Self.second, buffered: 0) == .fine)
        pace.readSomething(now: 68 * Self.second)
        #expect(judge(&pace, now: 69 * Self.second, buffered: 0) == .slow)
    }

    @Test func anIdleConnectionIsClosed() {
        var pace = ConnectionPace(limits: WireLimits(), now: 0)
        #expect(judge(&pace, now: 60 * Self.second, buffered: 0) == .idle)
        pace = ConnectionPace(limits: WireLimits(), now: 0)
        pace.headCame()
        pace.requestEnded(now: 50 * Self.second)
        #expect(judge(&pace, now: 5000 * Self.second, buffered: 0) == .fine)
        #expect(!answerEnded(&pace, now: 5000 * Self.second))
        #expect(judge(&pace, now: 5059 * Self.second, buffered: 0) == .fine)
        #expect(judge(&pace, now: 5060 * Self.second, buffered: 0) == .idle)
    }

    @Test func aSlowBodyIsCutOffAndAFastOneIsNot() {
        for (bytes, verdict) in [(10_240, ConnectionPace.Verdict.fine), (10_239, .slow)] {
            var pace = ConnectionPace(limits: WireLimits(), now: 0)
            pace.headCame()
            pace.bodyWanted(now: 0)
            pace.bodyCame(bytes, now: 10 * Self.second)
            #expect(judge(&pace, now: 10 * Self.second, buffered: 0) == verdict)
        }
    }

    /// A burst does not buy time for later.
    @Test func aBodyThatStallsAfterABurstIsCutOff() {
        var pace = ConnectionPace(limits: WireLimits(), now: 0)
        pace.headCame()
        pace.bodyWanted(now: 0)
        pace.bodyCame(1 << 30, now: 10 * Self.second)
        pace.bodyWanted(now: 10 * Self.second)
        #expect(judge(&pace, now: 11 * Self.second, buffered: 0) == .fine)
        #expect(judge(&pace, now: 22 * Self.second, buffered: 0) == .slow)
    }

    @Test func whoIsNotAskedForABodyIsNotSlow() {
        var pace = ConnectionPace(limits: WireLimits(), now: 0)
        pace.headCame()
        #expect(judge(&pace, now: 1000 * Self.second, buffered: 0) == .fine)
        pace.bodyWanted(now: 1000 * Self.second)
        #expect(judge(&pace, now: 1009 * Self.second, buffered: 0) == .fine)
        #expect(judge(&pace, now: 1010 * Self.second, buffered: 0) == .slow)
    }

    @Test func anAnswerBeforeTheEndOfItsRequestEndsTheConnection() {
        var pace = ConnectionPace(limits: WireLimits(), now: 0)
        pace.headCame()
        #expect(pace.isReadingBody)
        #expect(answerEnded(&pace, now: 0))
        #expect(judge(&pace, now: Self.second, buffered: 0) == .fine)
        pace.bodyCame((1 << 20) + 1, now: Self.second)
        #expect(judge(&pace, now: Self.second, buffered: 0) == .idle)
    }

    @Test func whoTakesNothingOfAnAnswerIsCutOff() {
        var pace = ConnectionPace(limits: WireLimits(), now: 0)
        pace.headCame()
        pace.requestEnded(now: 0)
        #expect(judge(&pace, now: 0, buffered: 100) == .fine)
        #expect(judge(&pace, now: 299 * Self.second, buffered: 100) == .fine)
        #expect(judge(&pace, now: 299 * Self.second, buffered: 99) == .fine)
        #expect(judge(&pace, now: 598 * Self.second, buffered: 99) == .fine)
        #expect(judge(&pace, now: 599 * Self.second, buffered: 99) == .stalled)
    }

    @Test(arguments: [
        ("127.0.0.1:8750", true), ("localhost:0", true), ("[::1]:80", true), ("unix:/run/x", true),
        ("0.0.0.0:8750", false), ("[::]:1", false), ("example.org:1", false), ("127.0.0.1.evil.org:1", false),
        ("127.1:1", false), ("0127.0.0.1:1", false),
    ])
    func onlyLoopbackAndSocketsAreLocal(_ text: String, isLocal: Bool) throws {
        let address = try #require(ListenAddress(text))
        #expect(address.isLocal == isLocal)
        #expect(address.description == text)
    }

    @Test(arguments: ["", "8750", ":8750", "host:", "host:65536", "::1:80", "unix:relative", "unix:", "host:-1"])
    func whatIsNoAddressIsNone(_ text: String) {
        #expect(ListenAddress(text) == nil)
    }

    @Test(arguments: [
        "localhost", "LOCALHOST:8750", "127.0.0.1:1", "[::1]:8750", "127.8.8.8", "proxy.example", "localhost.",
    ])
    func namesOfLoopbackPass(_ host: String) throws {
        try check(host)
        try check(host, [.origin: "http://\(host)"])
    }

    @Test(arguments: [
        "", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "[::1", "localhost:x", "a,b",
    ])
    func otherNamesDoNot(_ host: String) {
        #expect(throws: HTTPProblem.self) { try check(host) }
    }

    @Test(arguments: ["http://evil.example", "null", "http://localhost:9999", "https://127.0.0.1"])
    func pagesOfOtherOriginsDoNot(_ origin: String) {
        #expect(throws: HTTPProblem.self) { try check("localhost:8750", [.origin: origin]) }
    }

    @Test func pagesOfOtherSitesDoNot() {
        #expect(throws: HTTPProblem.self) { try check("localhost:8750", [.fetchSite: "cross-site"]) }
        #expect(throws: Never.self) { try check("localhost:8750", [.fetchSite: "none"]) }
    }

    @Test func onASocketNothingIsChecked() throws {
        let check = OriginCheck(names: [], isOn: false)
        try check.check(HTTPRequest(method: .get, scheme: "http", authority: "anything", path: "/"))
    }

    private func judge(_ pace: inout ConnectionPace, now: UInt64, buffered: Int) -> ConnectionPace.Verdict {
        pace.judge(now: now, buffered: buffered)
    }

    private func answerEnded(_ pace: inout ConnectionPace, now: UInt64) -> Bool { pace.answerEnded(now: now) }

    private func check(_ host: String, _ fields: HTTPFields = [:]) throws {
        let check = OriginCheck(names: ["proxy.example"], isOn: true)
        try check.check(HTTPRequest(method: .post, scheme: "http", authority: host, path: "/", headerFields: fields))
    }
}
