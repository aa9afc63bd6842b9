import ArgumentParser
import Glibc
import PythonBuild
import Sandbox
import SandboxProtocol

/// What the build may see and use.
struct SandboxOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A file or folder of yours to read, at its own path. Repeatable.", valueName: "path"))
    var ro: [String] = []

    @OptionGroup var limit: LimitOptions

    @Option(
        help: ArgumentHelp(
            "A layer that may be missing where it cannot be had. Repeatable.", valueName: "layer"))
    var allowMissing: [MissingLayer] = []

    func checkPaths() throws {
        try Self.check(ro, option: "--ro")
    }

    static func check(_ paths: [String], option: String) throws {
        for path in paths {
            guard access(path, F_OK) == 0 else { throw ValidationError("\(option): there is no \(path)") }
            if let objection = HostView.objection(toShowing: absolute(path)) {
                throw ValidationError("\(option): \(objection)")
            }
        }
    }

    func apply(to request: inout BuildRequest) {
        request.profile = limit.profile
        request.allowMissing = missing
        request.limits = limit.limits
        request.readOnlyPaths = ro.map(absolute)
    }

    var missing: LayerSet { allowMissing.reduce(into: []) { $0.formUnion($1.layers) } }
}
