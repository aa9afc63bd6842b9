import FoundationEssentials
import Sandbox
import SystemPackage

/// What of a request can be refused before anything runs.
enum RequestCheck {
    static func check(_ request: BuildRequest) throws(BuildFailure) {
        for path in request.readOnlyPaths { try checkReadOnly(path, project: request.source.resolved) }
        for name in request.environment.keys { try checkVariable(name) }
        if case .json(let text) = request.configSettings, !isObject(text) {
            throw BuildFailure(.invalidRequest, "--config-json: \(text) is not one JSON object")
        }
        if let file = request.constraints, !isRegularFile(file) {
            throw BuildFailure(.invalidRequest, "--dependency-constraints-txt: there is no file \(file)")
        }
        if let text = request.constraintsText { _ = try ConstraintLines.parsed(text) }
        if request.constraints != nil, request.constraintsText != nil {
            throw BuildFailure(.invalidRequest, "the constraints are named as a file and given as text: leave one out")
        }
        if let time = request.runTime, time <= .zero {
            throw BuildFailure(.invalidRequest, "--run-timeout: a build needs some time, not \(time)")
        }
    }

    private static func checkReadOnly(_ path: FilePath, project: FilePath) throws(BuildFailure) {
        if let objection = HostView.objection(toShowing: path) {
            throw BuildFailure(.invalidRequest, "--ro: \(objection)")
        }
        // A link that the project brought must not choose what of the host is shown.
        var place = FilePath(root: path.root, [])
        for component in path.components {
            place = place.resolved.appending(component)
            guard place.starts(with: project), !place.resolved.starts(with: project) else { continue }
            throw BuildFailure(
                .invalidRequest,
                "--ro: \(place) is a link of the project that leads out of it, to \(place.resolved): "
                    + "name that itself if the build may read it")
        }
    }

    private static func checkVariable(_ name: String) throws(BuildFailure) {
        let letters = name.utf8.allSatisfy { byte in
            (65...90).contains(byte) || (97...122).contains(byte) || (48...57).contains(byte) || byte == 95
        }
        guard letters, let first = name.utf8.first, !(48...57).contains(first) else {
            throw BuildFailure(.invalidRequest, "-e: \"\(name)\" is no name of an environment variable")
        }
    }

    private static func isObject(_ text: String) -> Bool {
        let anything: [String: AnyJSON]? = JSON.value(from: Array(text.utf8))
        return anything != nil
    }

    /// Any JSON value, unlooked at.
    private struct AnyJSON: Decodable {
        init(from _: any Decoder) {}
    }
}
