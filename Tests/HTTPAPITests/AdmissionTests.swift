import BuildAPI
import BuildService
import HTTPTypes
import Synchronization
import Testing

@testable import HTTPAPI

@Suite struct AdmissionTests {
    @Test func oneGrantHasOnlySoManyRequestsOpen() throws {
        let open = OpenRequests(most: 2)
        var tickets = [try open.begin("a"), try open.begin("a")]
        let problem = #expect(throws: HTTPProblem.self) { try open.begin("a") }
        #expect(problem?.code == .tooManyRequests)
        #expect(problem?.headers[.retryAfter] == "1")
        #expect(problem?.headers[.rateLimitPolicy] == "\"open\";q=2")
        _ = try open.begin("b")
        tickets.removeLast()
        #expect(open.count("a") == 1)
        _ = try open.begin("a")
        tickets.removeAll()
        #expect(open.count("a") == 0)
    }

    @Test func refusedAuthenticationsDoNotFillTheAuditLog() {
        let time = TestTime()
        let told = Mutex<[AuditEvent]>([])
        let log = RefusalLog(most: 3, now: { time.now }) { event in told.withLock { $0.append(event) } }
        for _ in 0..<10 { log.note("no token") }
        #expect(told.withLock(\.count) == 3)
        time.pass(.seconds(60))
        log.note("no token")
        #expect(told.withLock(\.count) == 4)
        #expect(told.withLock { $0.last?.details } == ["left_out_before": "7"])
    }

    @Test func whatTheServiceRefusesHasItsStatusAndWhenToTryAgain() {
        let full = HTTPProblem(ServiceFault(.grantQueueFull, "full", retryAfter: 7))
        #expect(full.status == .tooManyRequests)
        #expect(full.headers[.retryAfter] == "7")
        #expect(full.headers[.rateLimit] == "\"queue\";r=0;t=7")
        #expect(HTTPProblem(ServiceFault(.draining, "x")).headers[.retryAfter] == "10")
        #expect(HTTPProblem(ServiceFault(.notFound, "x")).headers[.retryAfter] == nil)
    }
}
