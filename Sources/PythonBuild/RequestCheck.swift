import FoundationEssentials
import SystemPackage

/// What of a request can be refused before anything runs.
enum RequestCheck {
    /// Folders that the sandbox makes itself, and the host's own that must not show through them.
    private static let reserved = ["/proc", "/sys", "/dev", "/src", "/out", "/env", "/frontend", "/buildbox", "/tmp"]

    static func check(_ request: BuildRequest) throws(BuildFailure) {
        for path in request.readOnlyPaths { try checkReadOnly(path) }
        for name in request.environment.keys { try checkVariable(name) }
        if case .json(let text) = request.configSettings, !isObject(text) {
            throw BuildFailure(.invalidRequest, "--config-json: \(text) is not one JSON object")
        }
        if let file = request.constraints, !isRegularFile(file) {
            throw BuildFailure(.invalidRequest, "--dependency-constraints-txt: there is no file \(file)")
        }
    }

    private static func checkReadOnly(_ path: FilePath) throws(BuildFailure) {
        let own = reserved.first { path == FilePath($0) || ($0 != "/tmp" && path.starts(with: FilePath($0))) }
        guard path != "/", own == nil else {
            throw BuildFailure(
                .invalidRequest, "--ro: \(path) cannot be shown: \(own ?? path.string) is the sandbox's own inside")
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
