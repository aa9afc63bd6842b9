import BuildAPI
import BuildService
import HTTPTypes
import Hummingbird
import NIOCore

/// What supervisors, load balancers and dashboards ask.
struct HealthRoutes: Sendable {
    let service: BuildService
    let metrics: PrometheusMetrics

    private struct Status: Encodable {
        let status: String
    }

    /// The process answers.
    func live() throws -> Response { try Answer.json(Status(status: "alive")) }

    /// New jobs are taken.
    func ready() throws -> Response {
        switch service.readiness {
        case .ready: return try Answer.json(Status(status: "ready"))
        case .starting: throw HTTPProblem(.starting, "the service looks after what was left behind first")
        case .draining: throw HTTPProblem(.draining, "the service ends its running builds and takes no new ones")
        case .storeUnavailable(let cause): throw HTTPProblem(.storeUnavailable, cause)
        case .sandboxUnavailable(let cause): throw HTTPProblem(.sandboxUnavailable, cause)
        }
    }

    func text() -> Response {
        let headers: HTTPFields = [
            .contentType: "text/plain; version=0.0.4; charset=utf-8", .cacheControl: "no-store",
        ]
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: metrics.text)))
    }

    /// The OpenAPI document, as it lies in the repository.
    func openAPI(_ call: Call) -> Response {
        let tag = EntityTag(opaque: APIDocument.version)
        var headers: HTTPFields = [.eTag: tag.description, .cacheControl: "no-cache"]
        if tag.isAmong(call.field(.ifNoneMatch)) { return Response(status: .notModified, headers: headers) }
        headers[.contentType] = "application/json"
        return Response(
            status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: APIDocument.bytes)))
    }
}
