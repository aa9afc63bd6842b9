import Logging
import Sandbox
import SandboxProtocol
import SystemPackage

extension BuildRun {
    /// Builds with the interpreter's own packages: one literal invocation.
    func buildWithoutIsolation(_ source: Source, _ interpreter: Interpreter) async throws(BuildFailure) -> [BuildOutput]
    {
        let environment = BuildEnvironment.interpreterItself(interpreter)
        journal.set(
            environment: EnvironmentReport(python: interpreter.title, requires: [], resolved: [], cache: .none))
        let attempt = try await invoke(source, request.distributions, in: environment)
        return [try attempt.finished()]
    }

    /// Builds in provisioned environments. One invocation does everything while one environment
    /// serves every step; where the backend asks for more, each step gets its own.
    func buildIsolated(
        _ source: Source, _ requires: [Requirement], _ interpreter: Interpreter
    ) async throws(BuildFailure) -> [BuildOutput] {
        let question = try stepsQuestion(of: source, interpreter)
        let known = backendMemo.askingSteps(question)
        if known.isEmpty {
            let environment = try await provision(requires, interpreter)
            let attempt = try await invoke(source, request.distributions, in: environment)
            guard attempt.saysUnmet else { return [try attempt.finished()] }
            journal.note("the build backend asks for further requirements: building step by step")
        } else {
            journal.note("the build backend asked for further requirements before: building step by step")
        }
        do throws(BuildFailure) {
            var steps = StepBuild(
                run: self, interpreter: interpreter, expected: known.isEmpty ? [.sdist, .wheel] : known)
            let outputs = try await steps.build(source, requires)
            let asking = steps.asked(before: known)
            if asking != known { backendMemo.keep(askingSteps: asking, as: question) }
            return outputs
        } catch {
            // The next build finds out anew what this one took for known.
            if !known.isEmpty { backendMemo.keep(askingSteps: [], as: question) }
            throw error
        }
    }

    /// How one invocation of the frontend went.
    struct Attempt {
        let kinds: Set<DistributionKind>
        let outcome: SandboxOutcome
        let code: Int32
        let saysUnmet: Bool

        func finished() throws(BuildFailure) -> BuildOutput {
            guard code == 0 else {
                throw BuildFailure(.buildFailed, "python -m build exited with code \(code); its output says why")
            }
            guard let output = outcome.output else {
                throw BuildFailure(.internalFault, "the sandbox did not hand its output folder over")
            }
            return BuildOutput(folder: output, kinds: kinds)
        }
    }

    func invoke(
        _ source: Source, _ distributions: Distributions, in environment: BuildEnvironment
    ) async throws(BuildFailure) -> Attempt {
        try await journal.phase(.build) { () throws(BuildFailure) in
            try await staged(source) { staging, asOwner throws(BuildFailure) in
                try await invoke(source, distributions, in: environment, staging, asOwner: asOwner)
            }
        }
    }

    /// Shows the source in the best way that this host and its file systems can.
    func staged<Value>(
        _ source: Source, _ body: (Source.Staging, Bool) async throws(BuildFailure) -> Value
    ) async throws(BuildFailure) -> Value {
        var ways = source.stagings
        while let (staging, asOwner) = ways.popLast() {
            do throws(BuildFailure) {
                return try await body(staging, asOwner)
            } catch {
                guard error.code == .stagingUnavailable, !ways.isEmpty else { throw error }
                logger.debug("staging refused", metadata: ["staging": "\(staging)", "cause": "\(error.message)"])
            }
        }
        throw BuildFailure(.internalFault, "no way to show the source is left")
    }

    private func invoke(
        _ source: Source, _ distributions: Distributions, in environment: BuildEnvironment, _ staging: Source.Staging,
        asOwner: Bool
    ) async throws(BuildFailure) -> Attempt {
        let command =
            [environment.python, "-m", "build", "--no-isolation", "--outdir", "/out"]
            + frontendOptions(distributions) + [source.inside]
        let watcher = UnmetWatcher()
        let sandboxRequest = try sandboxRequest(command, of: source, in: environment, staging, asOwner: asOwner)
        let outcome = try await run(sandboxRequest, projectCode: true) { [journal] stream, bytes in
            watcher.take(bytes)
            journal.log(stream, bytes)
        }
        let code = try exitCode(outcome, doing: "the build")
        return Attempt(
            kinds: distributions.kinds(from: source.kind), outcome: outcome, code: code,
            saysUnmet: request.isolation && code == 1 && watcher.sawUnmet)
    }

    /// What a build command sees and may use.
    func sandboxRequest(
        _ command: [String], of source: Source, in environment: BuildEnvironment, _ staging: Source.Staging,
        asOwner: Bool
    ) throws(BuildFailure) -> SandboxRequest {
        journal.set(staging: staging)
        let staged = try staged(source, staging, asOwner: asOwner)
        return SandboxRequest(
            arguments: staged.prelude + command,
            environment: variables(in: environment),
            workingDirectory: "/frontend",
            // What the project brings comes last: nothing is looked up beneath it.
            mounts: environment.mounts(asOwner: asOwner) + readOnlyMounts(asOwner: asOwner) + [
                .bind(source: context.toolchain.frontend.string, at: "/frontend", access: .readOnly),
                .scratch(at: "/out", mode: 0o755),
            ] + staged.mounts,
            limits: limits(under: profiles.project), profile: profiles.project, allowMissing: request.allowMissing,
            outputPath: "/out")
    }

    /// The variables of a build in an environment, and of its hooks.
    func variables(in environment: BuildEnvironment) -> [String: String] {
        environment.variables.merging(request.environment) { $1 }
    }

    /// What the caller shows its builds (--ro), hooks that are asked for requirements included.
    func readOnlyMounts(asOwner: Bool) -> [MountStep] {
        request.readOnlyPaths.map {
            .bind(source: $0.string, at: $0.string, access: readAccess(to: $0, asOwner: asOwner))
        }
    }

    func staged(
        _ source: Source, _ staging: Source.Staging, asOwner: Bool
    ) throws(BuildFailure) -> (mounts: [MountStep], prelude: [String]) {
        try source.buildMounts(
            staging, asOwner: asOwner, limits: limits(under: profiles.project), toolchain: context.toolchain)
    }

    private func frontendOptions(_ distributions: Distributions) -> [String] {
        var options = distributions.options
        if request.verbosity < 0 { options += Array(repeating: "--quiet", count: -request.verbosity) }
        if request.verbosity > 0 { options += Array(repeating: "--verbose", count: request.verbosity) }
        if request.skipDependencyCheck { options.append("--skip-dependency-check") }
        return options + request.configSettings.options
    }
}
