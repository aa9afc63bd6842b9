import Sandbox
import SandboxProtocol
import SystemPackage

/// A build step by step, each in the environment that the backend's hook wants for it
/// (PEP 517, get_requires_for_build_sdist and _wheel).
struct StepBuild {
    let run: BuildRun
    let interpreter: Interpreter
    /// The steps whose hooks are asked before they are built. Another one's are asked when the frontend says that it lacks
    /// something.
    let expected: [DistributionKind]
    /// Whether the hook of a step that was built asked for anything.
    private var found: [DistributionKind: Bool] = [:]

    init(run: BuildRun, interpreter: Interpreter, expected: [DistributionKind]) {
        self.run = run
        self.interpreter = interpreter
        self.expected = expected
    }

    mutating func build(
        _ source: Source, _ requires: [Requirement]
    ) async throws(BuildFailure) -> [BuildOutput] {
        switch (run.request.distributions, source.kind) {
        case (.wheelFromSdist, .sdist):
            return [try await step(.wheel, of: source, requires)]
        case (.wheelFromSdist, .folder), (.wheelFromSdist, .archive):
            let sdist = try await step(.sdist, of: source, requires)
            let (made, declaration) = try await run.inspect(Source(sdist: try take(sdist)))
            return [sdist, try await step(.wheel, of: made, declaration.requires)]
        case (.each(let kinds), _):
            var outputs: [BuildOutput] = []
            for kind in kinds { outputs.append(try await step(kind, of: source, requires)) }
            return outputs
        }
    }

    /// The steps that ask, as far as they were built now, and else as was known before.
    func asked(before: [DistributionKind]) -> [DistributionKind] {
        [.sdist, .wheel].filter { found[$0] ?? before.contains($0) }
    }

    private mutating func step(
        _ kind: DistributionKind, of source: Source, _ declared: [Requirement]
    ) async throws(BuildFailure) -> BuildOutput {
        if !expected.contains(kind) {
            let environment = try await run.provision(declared, interpreter)
            let attempt = try await run.invoke(source, .each([kind]), in: environment)
            guard attempt.saysUnmet else {
                found[kind] = false
                return try attempt.finished()
            }
        }
        var requires = declared
        for _ in 0..<Self.mostRounds {
            var environment = try await run.provision(requires, interpreter)
            let answer = try await requirements(kind, of: source, in: environment)
            let missing = answer.filter { !requires.contains($0) }
            requires += missing
            if !missing.isEmpty { environment = try await run.provision(requires, interpreter) }
            let attempt = try await run.invoke(source, .each([kind]), in: environment)
            guard attempt.saysUnmet else {
                found[kind] = requires.count > declared.count
                return try attempt.finished()
            }
        }
        throw BuildFailure(
            .requirementsUnstable,
            "the build backend asked for further requirements in each of \(Self.mostRounds) rounds; the last are "
                + requires.suffix(5).map(\.text).joined(separator: ", "))
    }

    /// A backend that asks ever anew is stopped here: it could be talking to the index.
    private static let mostRounds = 3

    private func take(_ output: BuildOutput) throws(BuildFailure) -> Collection.Item {
        let collection = Collection(
            quarantine: try run.makeFolder("sdist"), largestBytes: run.limits(under: run.profiles.project).diskBytes)
        guard let item = try collection.take([.sdist], from: output.folder).first else {
            throw BuildFailure(.artifactRejected, "the backend's build_sdist left no source distribution")
        }
        return item
    }

    /// What the backend's hook asks for. Project code answers: the list is checked like any other.
    private func requirements(
        _ kind: DistributionKind, of source: Source, in environment: BuildEnvironment
    ) async throws(BuildFailure) -> [Requirement] {
        try await run.journal.phase(.inspect) { () throws(BuildFailure) in
            let question = try run.answerQuestion(kind, of: source, interpreter, in: environment)
            if let known = run.backendMemo.answer(question) { return try BuildRun.checked(known) }
            let answer = try await run.staged(source) { staging, asOwner throws(BuildFailure) in
                try await ask(kind, of: source, in: environment, staging, asOwner: asOwner)
            }
            let checked = try BuildRun.checked(answer)
            run.backendMemo.keep(answer: answer, as: question)
            return checked
        }
    }

    private func ask(
        _ kind: DistributionKind, of source: Source, in environment: BuildEnvironment, _ staging: Source.Staging,
        asOwner: Bool
    ) async throws(BuildFailure) -> [String] {
        let settings = try run.request.configSettings.object()
        let staged = try run.staged(source, staging, asOwner: asOwner)
        let collector = LogCollector()
        let outcome = try await run.contained(
            staged.prelude + [
                environment.python, ContainedScript.requires.path, kind.rawValue, source.inside, settings,
            ],
            under: run.profiles.project,
            mounts: environment.mounts(asOwner: asOwner) + run.readOnlyMounts(asOwner: asOwner) + [
                .bind(source: run.context.toolchain.frontend.string, at: "/frontend", access: .readOnly),
                ContainedScript.requires.mount,
            ] + staged.mounts,
            environment: run.variables(in: environment), projectCode: true,
            log: collector.take)
        let code = try run.exitCode(outcome, doing: "asking the build backend for its requirements")
        guard code == 0, let answer: [String] = JSON.value(from: outcome.report) else {
            throw BuildFailure(
                .buildFailed, "the backend's get_requires_for_build_\(kind.rawValue) failed:\n\(collector.tail)")
        }
        return answer
    }
}
