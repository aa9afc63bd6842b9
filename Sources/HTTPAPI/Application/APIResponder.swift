import BuildAPI
import BuildService
import HTTPTypes
import Hummingbird
import Logging
import Metrics
import NIOCore
import NIOHTTP1

/// Answers every request: where it comes from, what it names, who asks, whether they may, and then its route. Whatever
/// is refused becomes a problem document here.
struct APIResponder: HTTPResponder {
    typealias Context = CallContext

    let origins: OriginCheck
    let authenticator: Authenticator
    let openRequests: OpenRequests
    let builds: BuildRoutes
    let blobs: BlobRoutes
    let artifacts: ArtifactRoute
    let logs: LogRoute
    let events: EventsRoute
    let approvals: ApprovalRoutes
    let health: HealthRoutes
    let mcp: MCPRoute

    func respond(to request: Request, context: CallContext) async throws -> Response {
        let began = ContinuousClock.now
        let route = Route(path: request.uri.path)
        var response: Response
        do {
            response = try await answer(request, route, context)
        } catch {
            response = problem(error, request, context.logger).response
        }
        response.headers[.contentTypeOptions] = "nosniff"
        if request.method == .head { response = response.createHeadResponse() }
        account(request, route, response, .now - began, context.logger)
        return response
    }

    private func answer(_ request: Request, _ route: Route?, _ context: CallContext) async throws -> Response {
        try origins.check(request.head)
        guard let route else {
            throw HTTPProblem(.notFound, "nothing has this path: GET /openapi.json describes what there is")
        }
        guard let access = route.methods.first(where: { $0.method == request.method })?.access else {
            let allowed = route.methods.map(\.method.rawValue).joined(separator: ", ")
            throw HTTPProblem(
                .methodNotAllowed, "\(route.template) takes \(allowed)", headers: [.allow: allowed])
        }
        guard case .scope(let scope) = access else {
            let nobody = Principal(grant: "", subject: "", scopes: [])
            let query = try Query(request.uri.query, known: route.parameters(request.method))
            return try await self.route(
                route, Call(request: request, context: context, principal: nobody, query: query))
        }
        let principal = try await authenticator.principal(request.head)
        guard principal.may(scope) else {
            throw HTTPProblem(
                .forbidden,
                "the token lacks the scope \(scope.rawValue), which \(request.method) \(route.template) takes")
        }
        let ticket = try openRequests.begin(principal.grant)
        let query = try Query(request.uri.query, known: route.parameters(request.method))
        let call = Call(request: request, context: context, principal: principal, query: query)
        if let tool = route.tool(request.method) {
            try await approvals.service.check(tool: tool, arguments: route.toolArguments, as: principal)
        }
        return holding(ticket, try await self.route(route, call))
    }

    private func route(_ route: Route, _ call: Call) async throws -> Response {
        switch route {
        case .builds: call.request.method == .post ? try await builds.post(call) : try await builds.list(call)
        case .build(let id):
            call.request.method == .delete ? try await builds.delete(call, id) : try await builds.get(call, id)
        case .cancel(let id): try await builds.cancel(call, id)
        case .retry(let id): try await builds.retry(call, id)
        case .log(let id): try await logs.get(call, id)
        case .events(let id): try await events.get(call, id)
        case .result(let id): try await builds.result(call, id)
        case .artifact(let id, let name): try await artifacts.get(call, id, name: name)
        case .blob(let digest):
            call.request.method == .put ? try await blobs.put(call, digest) : try await blobs.head(call, digest)
        case .approvals: try await approvals.list(call)
        case .approval(let id): try await approvals.decide(call, id)
        case .livez: try health.live()
        case .readyz: try health.ready()
        case .metrics: health.text()
        case .openAPI: health.openAPI(call)
        case .mcp: try await mcp.answer(call)
        }
    }

    /// The request is open until its answer is sent, or given up.
    private func holding(_ ticket: OpenRequests.Ticket, _ response: Response) -> Response {
        let body = response.body
        var held = response
        held.body = ResponseBody(contentLength: body.contentLength) { writer in
            try await body.write(writer)
            withExtendedLifetime(ticket) {}
        }
        return held
    }

    private func problem(_ error: any Error, _ request: Request, _ logger: Logger) -> HTTPProblem {
        switch error {
        case let problem as HTTPProblem: return problem
        case let fault as ServiceFault: return HTTPProblem(fault)
        case is HTTPParserError: return HTTPProblem(.malformed, "the body is no HTTP/1.1 message body")
        default:
            logger.error("a request failed", metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
            return HTTPProblem(.internalFault, "the service failed at this request; its log tells more")
        }
    }

    private func account(
        _ request: Request, _ route: Route?, _ response: Response, _ time: Duration, _ logger: Logger
    ) {
        let template = route?.template ?? "none"
        let known: [HTTPRequest.Method] = [.get, .head, .post, .put, .delete]
        let method = known.contains(request.method) ? request.method.rawValue : "other"
        let status = "\(response.status.code)"
        Counter(
            label: "buildbox_http_requests_total",
            dimensions: [("method", method), ("route", template), ("status", status)]
        ).increment()
        Metrics.Timer(label: "buildbox_http_request_duration_seconds", dimensions: [("route", template)])
            .recordNanoseconds(Int64(time / .nanoseconds(1)))
        logger.info(
            "request",
            metadata: [
                "method": "\(method)", "route": "\(template)", "status": "\(status)",
                "ms": "\(Int64(time / .milliseconds(1)))",
            ])
    }
}
