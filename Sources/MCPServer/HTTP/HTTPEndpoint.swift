public import BuildService
import HTTPTypes

/// The MCP endpoint of the streamable HTTP transport, without the HTTP server around it: `POST /mcp` of every
/// revision, and DELETE for the sessions of the older ones.
public final class HTTPEndpoint: Sendable {
    private let server: MCPServer
    private let sessions = SessionTable()

    public init(server: MCPServer) {
        self.server = server
    }

    public func answer(_ message: HTTPMessage, as principal: Principal) async -> HTTPAnswer {
        switch message.method {
        case .post: break
        case .delete: return close(message, principal)
        default:
            // No stream of the server's own: it has nothing to say that no call asked for.
            return .whole(.methodNotAllowed, [.allow: "POST, DELETE"], [])
        }
        do throws(HTTPRefusal) {
            let acceptance = try Acceptance(message.fields)
            guard let body = message.body else {
                throw HTTPRefusal(.contentTooLarge, Incoming.tooLarge)
            }
            let incoming: Incoming
            do throws(ProtocolFault) {
                incoming = try Incoming(body)
            } catch {
                throw HTTPRefusal(.badRequest, error)
            }
            if Self.isStateless(incoming, message.fields) {
                return try await stateless(incoming, message.fields, acceptance, principal)
            }
            return try await withHandshake(incoming, message.fields, acceptance, principal)
        } catch {
            return error.answer
        }
    }

    /// A request says by its own metadata that it is of a stateless revision; one whose header says so is held to it.
    private static func isStateless(_ incoming: Incoming, _ fields: HTTPFields) -> Bool {
        if fields[MCPField.revision].flatMap(Revision.init(rawValue:))?.isStateless == true { return true }
        guard case .request(id: _, method: _, let params) = incoming else { return false }
        return params["_meta"]?.object?[MetaKey.revision] != nil
    }

    // MARK: Revision 2026-07-28

    private func stateless(
        _ incoming: Incoming, _ fields: HTTPFields, _ acceptance: Acceptance, _ principal: Principal
    ) async throws(HTTPRefusal) -> HTTPAnswer {
        switch incoming {
        case .batch, .response:
            throw HTTPRefusal(
                .badRequest, ProtocolFault(.invalidRequest, "the body is one request or one notification"))
        case .notification: return .whole(.accepted, [:], [])
        case .request(let id, let method, let params):
            let call: Call
            do throws(ProtocolFault) {
                try Self.checkMeta(params)
                try HeaderCheck.check(fields, method: method, params: params)
                call = try Call(id: id, method: method, params: params, handshake: nil)
            } catch {
                var fault = error
                fault.id = id
                throw HTTPRefusal(Self.status(of: fault), fault)
            }
            guard call.isLong, acceptance.stream else {
                if case .listen = call.method { throw HTTPRefusal(.notAcceptable, nil) }
                return whole(call, await server.perform(call, as: principal) { _ in })
            }
            return .stream(
                EventStream { [server] send in
                    let outcome = await server.perform(call, as: principal, notify: send)
                    await send(Self.message(call, outcome, server))
                })
        }
    }

    /// Before the headers, which would otherwise be compared with nothing.
    private static func checkMeta(_ params: [String: JSONValue]) throws(ProtocolFault) {
        let meta = params["_meta"]?.object
        guard meta?[MetaKey.revision] != nil, meta?[MetaKey.capabilities] != nil else {
            throw ProtocolFault(
                .invalidParams, "params._meta has \(MetaKey.revision) and \(MetaKey.capabilities) in this revision")
        }
    }

    private func whole(_ call: Call, _ outcome: Result<Reply, ProtocolFault>) -> HTTPAnswer {
        var status = HTTPResponse.Status.ok
        if case .failure(let fault) = outcome, call.revision.isStateless { status = Self.status(of: fault) }
        return .whole(status, Self.json, Self.message(call, outcome, server).bytes)
    }

    static let json: HTTPFields = [.contentType: "application/json"]

    private static func message(
        _ call: Call, _ outcome: Result<Reply, ProtocolFault>, _ server: MCPServer
    ) -> JSONValue {
        switch outcome {
        case .success(let reply):
            return Outgoing.response(call.id, reply.result(in: call.revision, server: server.handshake.server))
        case .failure(var fault):
            fault.id = call.id
            return Outgoing.error(fault, in: call.revision)
        }
    }

    private static func status(of fault: ProtocolFault) -> HTTPResponse.Status {
        switch fault.code {
        case .methodNotFound: .notFound
        case .internalError: .internalServerError
        case .busy: .tooManyRequests
        default: .badRequest
        }
    }

    // MARK: Revisions with a handshake

    private func withHandshake(
        _ incoming: Incoming, _ fields: HTTPFields, _ acceptance: Acceptance, _ principal: Principal
    ) async throws(HTTPRefusal) -> HTTPAnswer {
        if case .request(let id, "initialize", let params) = incoming {
            return try initialize(id, params, principal)
        }
        let session = try session(fields, principal, id: incoming.id)
        var principal = principal
        principal.session = session.id
        switch incoming {
        case .response: return .whole(.accepted, [:], [])
        case .notification(let method, let params):
            notified(method, params, session)
            return .whole(.accepted, [:], [])
        case .request(let id, let method, let params):
            do throws(ProtocolFault) {
                let call = try Call(id: id, method: method, params: params, handshake: session.revision)
                let messages = try start(call, in: session, principal)
                guard call.isLong, acceptance.stream else {
                    let answer = await Self.last(of: messages)
                    // A call that was cancelled has none.
                    return .whole(answer == nil ? .accepted : .ok, answer == nil ? [:] : Self.json, answer?.bytes ?? [])
                }
                return .stream(
                    EventStream { send in
                        for await message in messages { await send(message) }
                    })
            } catch {
                return .whole(.ok, Self.json, Outgoing.error(error, in: session.revision).bytes)
            }
        case .batch(let members):
            guard session.revision.hasBatches else {
                throw HTTPRefusal(
                    .badRequest,
                    ProtocolFault(
                        .invalidRequest, "revision 2025-03-26 alone has batches: send each message by itself"))
            }
            return await perform(members, in: session, principal)
        }
    }

    private func initialize(
        _ id: RequestID, _ params: [String: JSONValue], _ principal: Principal
    ) throws(HTTPRefusal) -> HTTPAnswer {
        do throws(ProtocolFault) {
            let call = try Call(id: id, method: "initialize", params: params, handshake: nil)
            guard case .initialize(let requested) = call.method else { return .whole(.badRequest, [:], []) }
            let session = sessions.open(server.handshake.revision(for: requested), for: principal)
            var fields = Self.json
            fields[MCPField.session] = session.id
            let result = server.handshake.initializeResult(session.revision)
            return .whole(.ok, fields, Outgoing.response(id, result).bytes)
        } catch {
            throw HTTPRefusal(.badRequest, error)
        }
    }

    private func session(
        _ fields: HTTPFields, _ principal: Principal, id: RequestID?
    ) throws(HTTPRefusal) -> Session {
        let named = fields[MCPField.revision]
        if let named, Revision(rawValue: named) == nil {
            var fault = ProtocolFault.unsupported(named)
            fault.id = id
            throw HTTPRefusal(.badRequest, fault)
        }
        guard let name = fields[MCPField.session] else {
            throw HTTPRefusal(
                .badRequest,
                ProtocolFault(
                    .invalidRequest,
                    "the header Mcp-Session-Id is missing: send initialize first, or requests of revision 2026-07-28, "
                        + "which need no session", id: id))
        }
        guard let session = sessions.session(name, for: principal) else {
            throw HTTPRefusal(
                .notFound, ProtocolFault(.invalidRequest, "there is no such session: send initialize again", id: id))
        }
        if let named, named != session.revision.rawValue {
            throw HTTPRefusal(
                .badRequest,
                ProtocolFault(
                    .invalidRequest,
                    "this session is of revision \(session.revision.rawValue), the header says another",
                    id: id))
        }
        return session
    }

    private func notified(_ method: String, _ params: [String: JSONValue], _ session: Session) {
        guard method == "notifications/cancelled", let id = params["requestId"].flatMap({ RequestID($0) }) else {
            return
        }
        session.cancel(id)
    }

    /// Starts a call in its session.
    ///
    /// - Returns: Its messages, the answer last; without one where it is cancelled.
    private func start(
        _ call: Call, in session: Session, _ principal: Principal
    ) throws(ProtocolFault) -> AsyncStream<JSONValue> {
        let (messages, continuation) = AsyncStream<JSONValue>.makeStream()
        try session.start(call) { [server] in
            let outcome = await server.perform(call, as: principal) { continuation.yield($0) }
            if !Task.isCancelled { continuation.yield(Self.message(call, outcome, server)) }
            continuation.finish()
        }
        return messages
    }

    private static func last(of messages: AsyncStream<JSONValue>) async -> JSONValue? {
        var last: JSONValue?
        for await message in messages { last = message }
        return last
    }

    private func perform(
        _ members: [Result<Incoming, ProtocolFault>], in session: Session, _ principal: Principal
    ) async -> HTTPAnswer {
        var answers: [JSONValue] = []
        for member in members {
            do throws(ProtocolFault) {
                switch try member.get() {
                case .notification(let method, let params): notified(method, params, session)
                case .response, .batch: break
                case .request(let id, let method, let params):
                    let call = try Call(id: id, method: method, params: params, handshake: session.revision)
                    if case .initialize = call.method {
                        throw ProtocolFault(.invalidRequest, "initialize is no part of a batch", id: id)
                    }
                    if let answer = await Self.last(of: try start(call, in: session, principal)) {
                        answers.append(answer)
                    }
                }
            } catch {
                answers.append(Outgoing.error(error, in: session.revision))
            }
        }
        return answers.isEmpty ? .whole(.accepted, [:], []) : .whole(.ok, Self.json, JSONValue.array(answers).bytes)
    }

    private func close(_ message: HTTPMessage, _ principal: Principal) -> HTTPAnswer {
        guard let name = message.fields[MCPField.session], sessions.close(name, for: principal) else {
            return HTTPRefusal(.notFound, ProtocolFault(.invalidRequest, "there is no such session")).answer
        }
        return .whole(.noContent, [:], [])
    }
}
