import BuildAPI
import HTTPTypes
import Synchronization

/// Requests that each grant has open, answers that are still being sent among them: one grant must not have all of the
/// service's connections.
final class OpenRequests: Sendable {
    /// One open request. It is over when this object goes, so it goes along with the answer's body.
    final class Ticket: Sendable {
        private let end: @Sendable () -> Void

        fileprivate init(end: @escaping @Sendable () -> Void) {
            self.end = end
        }

        deinit { end() }
    }

    let most: Int
    private let counts = Mutex<[String: Int]>([:])

    init(most: Int) {
        self.most = most
    }

    /// - Throws: ``HTTPProblem`` with the code `too_many_requests`.
    func begin(_ grant: String) throws(HTTPProblem) -> Ticket {
        let isTaken = counts.withLock { counts in
            guard counts[grant, default: 0] < most else { return false }
            counts[grant, default: 0] += 1
            return true
        }
        guard isTaken else {
            throw HTTPProblem(
                .tooManyRequests, "the grant \(grant) has \(most) requests open; end some of them",
                headers: [.retryAfter: "1", .rateLimitPolicy: "\"open\";q=\(most)", .rateLimit: "\"open\";r=0;t=1"])
        }
        return Ticket { [self] in
            counts.withLock { counts in
                let left = counts[grant, default: 1] - 1
                counts[grant] = left > 0 ? left : nil
            }
        }
    }

    func count(_ grant: String) -> Int { counts.withLock { $0[grant] ?? 0 } }
}
