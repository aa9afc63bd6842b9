import Sandbox
import SandboxProtocol
import SystemPackage

extension BuildRun {
    private struct Inspection: Decodable {
        struct Declared: Decodable {
            var requires: [String]
            var name: String?
        }

        var declaration: Declared?
        var error: String?
    }

    /// What a source declares of itself, its build requirements checked.
    func inspect(_ source: Source) async throws(BuildFailure) -> Declaration {
        try await journal.phase(.inspect) { () throws(BuildFailure) in
            let inspection = try await ask(source)
            if let error = inspection.error { throw BuildFailure(.projectInvalid, error) }
            guard let declared = inspection.declaration else {
                throw BuildFailure(.internalFault, "the inspection of the source gave no answer")
            }
            return Declaration(requires: try Self.checked(declared.requires), name: declared.name)
        }
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
        let outcome = try await contained(
            [context.toolchain.python.string, "-I", "-S", ContainedScript.inspect.path, source.inside],
            under: profiles.inspect,
            mounts: [
                source.readOnlyMount(asOwner: asOwner), ContainedScript.inspect.mount,
                .bind(source: context.toolchain.frontend.string, at: "/frontend", access: .readOnly),
            ], log: collector.take)
        let code = try exitCode(outcome, doing: "reading the project")
        guard code == 0, let inspection: Inspection = JSON.value(from: outcome.report) else {
            throw BuildFailure(.projectInvalid, "the project cannot be read: \(collector.tail)")
        }
        return inspection
    }
}
