import Sandbox
import SandboxProtocol
import SystemPackage

extension BuildRun {
    private struct Inspection: Codable {
        struct Declared: Codable {
            var requires: [String]
            var name: String?
        }

        struct Limit: Codable {
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
            let marks = ProjectMarks(of: source)
            let question = inspectionQuestion(source, marks)
            let memo = Memo<Inspection>(state: context.state, kind: "inspection")
            let known = question.flatMap(memo.find)
            let inspection: Inspection
            if let known {
                inspection = known
            } else if let marks {
                inspection = try await ask(marks)
            } else {
                inspection = try await ask(source)
            }
            if let error = inspection.error {
                guard let hit = inspection.limit else { throw BuildFailure(.projectInvalid, error) }
                throw BuildFailure(
                    .limit, error, limit: LimitHit(kind: hit.kind, limit: hit.limit, observed: hit.observed))
            }
            guard let declared = inspection.declaration else {
                throw BuildFailure(.internalFault, "the inspection of the source gave no answer")
            }
            if let question, known == nil { memo.keep(inspection, as: question) }
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

    /// The digest of all that an inspection's findings depend on; nil where that can change meanwhile.
    private func inspectionQuestion(_ source: Source, _ marks: ProjectMarks?) -> String? {
        let subject: [String]
        if let marks {
            subject = [marks.digest]
        } else if let digest = source.digest {
            subject = [digest, source.name, "\(limits(under: profiles.project))"]
        } else {
            return nil
        }
        let reader = hexadecimalDigest(of: ContainedScript.inspect.bytes)
        return hexadecimalDigest([context.toolchain.folder.string, reader] + subject)
    }

    private func ask(_ marks: ProjectMarks) async throws(BuildFailure) -> Inspection {
        try await ask("/project", mounts: marks.mounts(at: "/project"), options: nil)
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
        let options = try source.format.map { format throws(BuildFailure) in
            try JSON.text(ArchiveOptions(source, format, limits: limits(under: profiles.project)))
        }
        return try await ask(
            source.readOnlyPlace,
            mounts: [source.readOnlyMount(asOwner: asOwner)] + (source.format?.mounts(context.toolchain) ?? []),
            options: options)
    }

    private func ask(
        _ place: String, mounts: [MountStep], options: String?
    ) async throws(BuildFailure) -> Inspection {
        let collector = LogCollector()
        let outcome = try await contained(
            [context.toolchain.python.string, "-I", "-S", ContainedScript.inspect.path, place]
                + (options.map { [$0] } ?? []),
            under: profiles.inspect,
            mounts: mounts + [
                ContainedScript.inspect.mount,
                .bind(source: context.toolchain.frontend.string, at: "/frontend", access: .readOnly),
            ], log: collector.take)
        let code = try exitCode(outcome, doing: "reading the project")
        guard code == 0, let inspection: Inspection = JSON.value(from: outcome.report) else {
            throw BuildFailure(.projectInvalid, "the project cannot be read: \(collector.tail)")
        }
        return inspection
    }
}
