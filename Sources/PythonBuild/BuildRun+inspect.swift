import Sandbox
import SandboxProtocol
import SystemPackage

extension BuildRun {
    private struct Inspection: Decodable {
        struct Declared: Decodable {
            var requires: [String]
            var name: String?
        }

        struct Limit: Decodable {
            var kind: LimitHit.Kind
            var limit: UInt64
            var observed: UInt64
        }

        var declaration: Declared?
        /// Of an archive: whether it is a source distribution, and else where its project is.
        var sdist: Bool?
        var root: String?
        var error: String?
        /// With an error: what the source is too large for.
        var limit: Limit?
    }

    /// What a source turns out to be, and what it declares of itself, its build requirements checked.
    func inspect(_ source: Source) async throws(BuildFailure) -> (source: Source, declaration: Declaration) {
        try await journal.phase(.inspect) { () throws(BuildFailure) in
            let inspection = try await ask(source)
            if let error = inspection.error {
                guard let hit = inspection.limit else { throw BuildFailure(.projectInvalid, error) }
                throw BuildFailure(
                    .limit, error, limit: LimitHit(kind: hit.kind, limit: hit.limit, observed: hit.observed))
            }
            guard let declared = inspection.declaration else {
                throw BuildFailure(.internalFault, "the inspection of the source gave no answer")
            }
            return (
                try identified(source, inspection),
                Declaration(requires: try Self.checked(declared.requires), name: declared.name)
            )
        }
    }

    private func identified(_ source: Source, _ inspection: Inspection) throws(BuildFailure) -> Source {
        guard case .archive = source.kind else { return source }
        guard source.mayBeSdist, inspection.sdist == true else {
            return try source.with(project: inspection.root ?? "")
        }
        if case .each(let kinds) = request.distributions, kinds.contains(.sdist) {
            throw BuildFailure(
                .invalidRequest, "cannot build a source distribution from a source distribution: leave --sdist out")
        }
        guard source.subdirectory.isEmpty else {
            throw BuildFailure(
                .invalidRequest, "--subdirectory: \(source.name) is a source distribution, which has none")
        }
        return source.asSdist()
    }

    static func checked(_ requires: [String]) throws(BuildFailure) -> [Requirement] {
        guard requires.count <= 512 else {
            throw BuildFailure(
                .requirementRefused, "the project has \(requires.count) build requirements; 512 are allowed")
        }
        var checked: [Requirement] = []
        for string in requires {
            do throws(Requirement.Refusal) {
                let requirement = try Requirement(string)
                if !checked.contains(requirement) { checked.append(requirement) }
            } catch {
                throw BuildFailure(.requirementRefused, error.description)
            }
        }
        return checked
    }

    private func ask(_ source: Source) async throws(BuildFailure) -> Inspection {
        do throws(BuildFailure) {
            return try await ask(source, asOwner: true)
        } catch {
            guard error.code == .stagingUnavailable else { throw error }
            return try await ask(source, asOwner: false)
        }
    }

    private func ask(_ source: Source, asOwner: Bool) async throws(BuildFailure) -> Inspection {
        let collector = LogCollector()
        var arguments = [ContainedScript.inspect.path, source.readOnlyPlace]
        var mounts = [source.readOnlyMount(asOwner: asOwner), ContainedScript.inspect.mount]
        if let format = source.format {
            arguments.append(
                try JSON.text(ArchiveOptions(source, format, limits: limits(under: profiles.project))))
            mounts += format.mounts(context.toolchain)
        }
        let outcome = try await contained(
            [context.toolchain.python.string, "-I", "-S"] + arguments, under: profiles.inspect,
            mounts: mounts + [
                .bind(source: context.toolchain.frontend.string, at: "/frontend", access: .readOnly)
            ], log: collector.take)
        let code = try exitCode(outcome, doing: "reading the project")
        guard code == 0, let inspection: Inspection = JSON.value(from: outcome.report) else {
            throw BuildFailure(.projectInvalid, "the project cannot be read: \(collector.tail)")
        }
        return inspection
    }
}
