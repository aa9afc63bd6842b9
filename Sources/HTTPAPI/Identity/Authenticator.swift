import BuildAPI
import BuildService
import HTTPTypes
import Logging
import Synchronization

/// Who sends a request: a bearer token of the service's own, a JSON Web Token, or, while there is neither, whoever is
/// on this host.
final class Authenticator: Sendable {
    private let tokens: TokenStore
    private let jwt: JWTVerifier?
    /// Callers need no token as long as nobody ever made one. It never goes back to true.
    private let isOpen: Mutex<Bool>
    /// Who a caller without a token is: `loopback` or `socket`.
    private let localSubject: String
    private let refusals: RefusalLog
    private let logger: Logger

    init(
        tokens: TokenStore, jwt: JWTVerifier?, isOpen: Bool, localSubject: String, refusals: RefusalLog, logger: Logger
    ) {
        self.tokens = tokens
        self.jwt = jwt
        self.isOpen = Mutex(isOpen)
        self.localSubject = localSubject
        self.refusals = refusals
        self.logger = logger
    }

    /// - Throws: ``HTTPProblem`` with the code `unauthenticated`, which says the same whatever is wrong with a token.
    func principal(_ head: HTTPRequest) async throws(HTTPProblem) -> Principal {
        guard let field = head.headerFields[.authorization] else {
            guard try await isStillOpen() else { throw refusal("the request has no token", sent: false) }
            return .local(subject: localSubject)
        }
        let parts = field.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else {
            throw refusal("Authorization is not \"Bearer TOKEN\"", sent: true)
        }
        let token = String(parts[1])
        if token.hasPrefix("bbx_") {
            do throws(ServiceFault) {
                return try await tokens.authenticate(token)
            } catch {
                guard error.code == .unauthenticated else { throw HTTPProblem(error) }
                throw refusal(error.message, sent: true)
            }
        }
        guard let jwt else { throw refusal("the token is none of this service's", sent: true) }
        do throws(JWTFault) {
            return try await jwt.principal(token)
        } catch {
            throw refusal("JWT: \(error)", sent: true)
        }
    }

    private func isStillOpen() async throws(HTTPProblem) -> Bool {
        guard isOpen.withLock({ $0 }) else { return false }
        do throws(ServiceFault) {
            // Tokens that were revoked or have expired count too: the last one's end opens nothing.
            guard try await !tokens.list().isEmpty else { return true }
        } catch {
            throw HTTPProblem(error)
        }
        isOpen.withLock { $0 = false }
        return false
    }

    private func refusal(_ reason: String, sent: Bool) -> HTTPProblem {
        refusals.note(reason)
        logger.info("authentication refused", metadata: ["reason": "\(reason)"])
        let detail =
            sent
            ? "the token does not count here: it is unknown, expired, revoked or malformed"
            : "this service takes requests with a token only: send Authorization: Bearer TOKEN "
                + "(buildbox token create --grant NAME makes one)"
        // RFC 6750, 3: without credentials no error code is told.
        let challenge = sent ? "Bearer realm=\"buildbox\", error=\"invalid_token\"" : "Bearer realm=\"buildbox\""
        return HTTPProblem(.unauthenticated, detail, headers: [.wwwAuthenticate: challenge])
    }
}
