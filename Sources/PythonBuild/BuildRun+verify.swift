import Sandbox
import SandboxProtocol
import SystemPackage

extension BuildRun {
    private struct Verification: Decodable {
        struct Fault: Decodable {
            var artifact: String
            var message: String
        }

        struct Checked: Decodable {
            var name: String
            var project: String
            var version: String
            /// The values of Requires-Dist, where the artifact is a wheel that was built for other builds.
            var requires: [String]?
        }

        var error: Fault?
        var artifacts: [Checked]?
        /// What installers may stumble over, without harm.
        var remarks: [String]?
    }

    private struct Options: Encodable {
        struct Identity: Encodable {
            var project: String
            var version: String
        }

        var unpackedBytes: UInt64
        /// What every artifact has to be, where that is known before.
        var expected: Identity?

        private enum CodingKeys: String, CodingKey {
            case unpackedBytes = "unpacked_bytes"
            case expected
        }
    }

    /// Checks artifacts as data, in a sandbox: parsers are fed hostile bytes here.
    func verify(
        _ items: [Collection.Item], of declaration: Declaration, in quarantine: FilePath
    ) async throws(BuildFailure) {
        let collector = LogCollector()
        let options = try JSON.text(
            Options(
                unpackedBytes: limits(under: profiles.project).diskBytes,
                expected: lineage.release.map { Options.Identity(project: $0.name, version: $0.version) }))
        var mounts: [MountStep] = [
            .bind(source: quarantine.string, at: "/artifacts", access: .readOnly),
            .bind(source: context.toolchain.frontend.string, at: "/frontend", access: .readOnly),
            ContainedScript.verify.mount,
        ]
        mounts += ContainedScript.readers.map(\.mount)
        let outcome = try await contained(
            [context.toolchain.python.string, "-I", "-S", ContainedScript.verify.path, "/artifacts", options],
            under: profiles.inspect,
            mounts: mounts,
            // The last command of a build.
            hasSuccessor: context.servesMany || lineage.depth > 0, log: collector.take)
        let code: Int32
        do throws(BuildFailure) {
            code = try exitCode(outcome, doing: "checking the artifacts")
        } catch {
            guard error.code == .limit else { throw error }
            throw BuildFailure(.artifactRejected, "an artifact is rejected: \(error.message)", limit: error.limit)
        }
        guard code == 0, let verification: Verification = JSON.value(from: outcome.report) else {
            throw BuildFailure(.artifactRejected, "the artifacts cannot be checked: \(collector.tail)")
        }
        if let fault = verification.error {
            throw BuildFailure(.artifactRejected, "the artifact \"\(fault.artifact)\" is rejected: \(fault.message)")
        }
        for remark in verification.remarks ?? [] { journal.note(remark) }
        guard let checked = verification.artifacts, checked.map(\.name).sorted() == items.map(\.name.text).sorted()
        else {
            throw BuildFailure(.artifactRejected, "the artifacts cannot be checked: the account of them is incomplete")
        }
        if lineage.release != nil { for artifact in checked { try checkRequirements(of: artifact) } }
        var projects = Set(checked.map { RequirementParser.normalized($0.project) })
        if let name = declaration.name { projects.insert(RequirementParser.normalized(name)) }
        guard projects.count == 1 else {
            throw BuildFailure(
                .artifactRejected,
                "an artifact is not of the project that pyproject.toml names, or of another than its fellow: "
                    + projects.sorted().joined(separator: ", "))
        }
    }

    /// The wheel of a requirement is shown to the installer, which reads paths and URLs in its metadata, too: only what
    /// passes the grammar of requirements by name gets into the wheelhouse.
    private func checkRequirements(of artifact: Verification.Checked) throws(BuildFailure) {
        for text in artifact.requires ?? [] {
            do throws(Requirement.Refusal) {
                _ = try Requirement(text)
            } catch {
                throw BuildFailure(
                    .artifactRejected,
                    "the artifact \"\(artifact.name)\" is rejected: its metadata has a line that "
                        + "no installer may be given: \(error)")
            }
        }
    }
}
