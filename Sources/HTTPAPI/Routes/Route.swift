import BuildService
import HTTPTypes

/// What a path names. The whole API, in one place: a path is taken exactly, without empty segments, and each method
/// has the scope that it takes.
enum Route: Equatable {
    case builds
    case build(String)
    case cancel(String)
    case retry(String)
    case log(String)
    case events(String)
    case result(String)
    case artifact(String, name: String)
    case blob(String)
    case approvals
    case approval(String)
    case livez, readyz, metrics, openAPI
    /// The Model Context Protocol; its messages are none of the OpenAPI document's.
    case mcp

    enum Access: Equatable {
        /// Nobody is asked who it is.
        case open
        case scope(Scope)
    }

    /// - Parameter path: As it was sent, percent-encoded. Nil where nothing has that path.
    init?(path: String) {
        guard path.hasPrefix("/") else { return nil }
        var segments: [String] = []
        for segment in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let decoded = PercentEncoding.decode(segment), !decoded.isEmpty, !decoded.utf8.contains(0) else {
                return nil
            }
            segments.append(decoded)
        }
        switch (segments.count, segments.first, segments.dropFirst().first) {
        case (1, "livez", _): self = .livez
        case (1, "readyz", _): self = .readyz
        case (1, "metrics", _): self = .metrics
        case (1, "openapi.json", _): self = .openAPI
        case (1, "mcp", _): self = .mcp
        case (2, "v1", "builds"): self = .builds
        case (2, "v1", "approvals"): self = .approvals
        case (3, "v1", "approvals"): self = .approval(segments[2])
        case (3, "v1", "builds"): self = .build(segments[2])
        case (3, "v1", "blobs"): self = .blob(segments[2])
        case (4, "v1", "builds"):
            switch segments[3] {
            case "cancel": self = .cancel(segments[2])
            case "retry": self = .retry(segments[2])
            case "log": self = .log(segments[2])
            case "events": self = .events(segments[2])
            case "result": self = .result(segments[2])
            default: return nil
            }
        case (5, "v1", "builds") where segments[3] == "artifacts":
            self = .artifact(segments[2], name: segments[4])
        default: return nil
        }
    }

    /// As the OpenAPI document has it, for metrics and logs.
    var template: String {
        switch self {
        case .builds: "/v1/builds"
        case .build: "/v1/builds/{id}"
        case .cancel: "/v1/builds/{id}/cancel"
        case .retry: "/v1/builds/{id}/retry"
        case .log: "/v1/builds/{id}/log"
        case .events: "/v1/builds/{id}/events"
        case .result: "/v1/builds/{id}/result"
        case .artifact: "/v1/builds/{id}/artifacts/{name}"
        case .blob: "/v1/blobs/{digest}"
        case .approvals: "/v1/approvals"
        case .approval: "/v1/approvals/{id}"
        case .livez: "/livez"
        case .readyz: "/readyz"
        case .metrics: "/metrics"
        case .openAPI: "/openapi.json"
        case .mcp: "/mcp"
        }
    }

    /// The methods that the path has, and what each takes. HEAD goes with GET, but for streams without an end.
    var methods: [(method: HTTPRequest.Method, access: Access)] {
        switch self {
        case .builds: [(.get, .scope(.read)), (.head, .scope(.read)), (.post, .scope(.build))]
        case .build: [(.get, .scope(.read)), (.head, .scope(.read)), (.delete, .scope(.build))]
        case .cancel, .retry: [(.post, .scope(.build))]
        case .log, .result, .artifact, .metrics: [(.get, .scope(.read)), (.head, .scope(.read))]
        case .events: [(.get, .scope(.read))]
        case .mcp: [(.post, .scope(.read)), (.delete, .scope(.read))]
        case .blob: [(.head, .scope(.build)), (.put, .scope(.build))]
        case .approvals: [(.get, .scope(.approve)), (.head, .scope(.approve))]
        case .approval: [(.post, .scope(.approve))]
        case .livez, .readyz, .openAPI: [(.get, .open), (.head, .open)]
        }
    }

    /// Query parameters that the path takes with a method.
    func parameters(_ method: HTTPRequest.Method) -> Set<String> {
        switch self {
        case .builds: method == .post ? [] : ["state", "grant", "limit", "cursor"]
        case .log: ["raw", "attempt"]
        case .events: ["after"]
        default: []
        }
    }
}
