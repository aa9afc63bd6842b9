import BuildAPI
import BuildService
import Foundation
import HTTPTypes
import Testing

@testable import HTTPAPI

@Suite struct RouteTests {
    @Test(arguments: [
        ("/v1/builds", Route.builds), ("/v1/builds/x", .build("x")), ("/v1/builds/x/log", .log("x")),
        ("/v1/builds/x/artifacts/a%20b.whl", .artifact("x", name: "a b.whl")),
        ("/v1/builds/x/artifacts/..%2f..%2fetc", .artifact("x", name: "../../etc")), ("/v1/blobs/00", .blob("00")),
        ("/livez", .livez),
    ])
    func aPathNamesItsRoute(_ path: String, _ route: Route) {
        #expect(Route(path: path) == route)
    }

    @Test(arguments: [
        "", "/", "/v1/builds/", "//v1/builds", "/v1//builds", "/v1/builds/x/", "/v1/builds/x/artifacts",
        "/v1/builds/x/artifacts/", "/v1/builds/x/artifacts/a/b", "/v1/builds/%", "/v1/builds/%zz", "/v1/builds/%ff",
        "/v1/builds/%00", "/V1/builds", "/livez/x", "v1/builds",
    ])
    func everyOtherPathNamesNothing(_ path: String) {
        #expect(Route(path: path) == nil)
    }

    /// The document in the repository and the table of routes say the same.
    @Test func theOpenAPIDocumentHasTheRoutesAndNoOthers() throws {
        let document = try JSONSerialization.jsonObject(with: Data(APIDocument.bytes)) as? [String: Any]
        let paths = try #require(document?["paths"] as? [String: [String: Any]])
        let routes: [Route] = [
            .builds, .build("i"), .cancel("i"), .retry("i"), .log("i"), .events("i"), .result("i"),
            .artifact("i", name: "n"), .blob("d"), .approvals, .approval("i"), .livez, .readyz, .metrics, .openAPI,
        ]
        #expect(Set(paths.keys) == Set(routes.map(\.template)))
        for route in routes {
            let operations = (paths[route.template] ?? [:]).filter { $0.key != "parameters" }
            #expect(Set(operations.keys) == Set(route.methods.map { $0.method.rawValue.lowercased() }), "\(route)")
            for (method, access) in route.methods {
                let operation = operations[method.rawValue.lowercased()] as? [String: Any]
                let scope = operation?["x-scope"] as? String
                let expected: String? = if case .scope(let scope) = access { scope.rawValue } else { nil }
                #expect(scope == expected, "\(method) \(route)")
                let parameters = operation?["parameters"] as? [[String: Any]] ?? []
                let query = parameters.filter { $0["in"] as? String == "query" }.compactMap { $0["name"] as? String }
                #expect(Set(query) == route.parameters(method), "\(method) \(route)")
            }
        }
    }

    @Test func theOpenAPIDocumentHasEveryCode() throws {
        let text = String(decoding: APIDocument.bytes, as: UTF8.self)
        for code in ProblemCode.allCases { #expect(text.contains("\"\(code.rawValue)\""), "\(code)") }
    }

    @Test func aQueryIsReadStrictly() throws {
        let query = try Query("state=queued&state=running&limit=5&cursor=a%2Bb+c", known: ["state", "limit", "cursor"])
        #expect(query.all("state") == ["queued", "running"])
        #expect(try query.whole("limit", in: 1...500) == 5)
        #expect(try query.one("cursor") == "a+b c")
        #expect(throws: HTTPProblem.self) { try query.one("state") }
        #expect(throws: HTTPProblem.self) { try query.whole("limit", in: 6...7) }
        #expect(throws: HTTPProblem.self) { try Query("other=1", known: ["state"]) }
        #expect(throws: HTTPProblem.self) { try Query("state=%f", known: ["state"]) }
    }
}
