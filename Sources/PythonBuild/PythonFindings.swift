public import Sandbox
import SystemPackage

/// What `buildbox doctor` says of the Python that builds need.
public struct PythonFindings: Sendable {
    let state: StateFolder
    /// The caller's own environment.
    let environment: [String: String]

    public init(state: StateFolder, environment: [String: String]) {
        self.state = state
        self.environment = environment
    }

    /// Whether buildbox's own tools are there, and which interpreter builds take by default.
    ///
    /// - Parameter toolchain: The folder of buildbox's own tools, or why there is none.
    /// - Returns: One finding for the tools, one for the interpreter.
    public func all(toolchain: Result<Toolchain, BuildFailure>) async -> [Finding] {
        [tools(toolchain), await interpreter()]
    }

    private func tools(_ toolchain: Result<Toolchain, BuildFailure>) -> Finding {
        switch toolchain {
        case .success(let toolchain):
            return Finding(good: "toolchain", required: true, tried: "\(toolchain.folder) has build and uv")
        case .failure(let failure):
            return Finding(
                .missing, "toolchain", required: true, tried: "look for build and uv", cause: failure.message,
                remedy: "scripts/buildbox --version")
        }
    }

    private func interpreter() async -> Finding {
        let name = "python3"
        do throws(BuildFailure) {
            try state.prepare()
            let search = InterpreterSearch(state: state, environment: environment, forbidden: [])
            let interpreter = try await search.find(nil)
            return Finding(
                good: name, required: true, tried: "\(interpreter.executable) is \(interpreter.title)")
        } catch {
            return Finding(
                .missing, name, required: true, tried: "ask the first python3 on PATH what it is",
                cause: error.message, remedy: "sudo apt install python3, or put another one on PATH")
        }
    }
}
