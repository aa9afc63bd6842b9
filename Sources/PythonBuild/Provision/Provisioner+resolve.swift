import FoundationEssentials
import Sandbox
import SandboxProtocol
import SystemPackage

extension Provisioner {
    /// The lock of these requirements: as the index had it in the last minutes, or with its answer of now.
    func resolve(_ requires: [Requirement]) async throws(BuildFailure) -> Lock {
        if requires.isEmpty { return Lock(text: "", resolvedAt: 0) }
        if let bytes = state.read(try lockFile(requires)), let lock: Lock = JSON.value(from: bytes),
            request.offline || lock.isFresh(now: Date().timeIntervalSince1970)
        {
            return lock
        }
        return try await resolveAnew(requires)
    }

    /// Asks the index, and has those wheels built that it has not: each may bring requirements to light that need
    /// others.
    func resolveAnew(_ requires: [Requirement]) async throws(BuildFailure) -> Lock {
        if requires.isEmpty { return Lock(text: "", resolvedAt: 0) }
        var built: [BuiltWheel] = []
        while true {
            let outcome = try await askResolver(requires, built)
            guard let output = outcome.output else {
                throw BuildFailure(.provisioningFailed, "the resolver left nothing")
            }
            if let bytes = readFile("sdists.json", in: output.descriptor, limit: 1 << 20) {
                let wanted = try Self.releases(bytes)
                for release in wanted {
                    guard !built.contains(where: { $0.name == release.name && $0.version == release.version }) else {
                        throw BuildFailure(
                            .provisioningFailed,
                            "\(release.title) was built from its source distribution, and the wheel does not fit "
                                + interpreter.title)
                    }
                    built.append(try await wheel(of: release))
                }
            } else if let bytes = readFile("lock.txt", in: output.descriptor, limit: 4 << 20) {
                var lock = Lock(
                    text: String(decoding: bytes, as: UTF8.self), resolvedAt: Date().timeIntervalSince1970)
                lock.keep(built)
                try state.write(Array(try JSON.text(lock).utf8), to: try lockFile(requires))
                return lock
            } else {
                throw BuildFailure(.provisioningFailed, "the resolver left no lock")
            }
        }
    }

    /// What the resolver named. It read what an index said.
    private static func releases(_ bytes: [UInt8]) throws(BuildFailure) -> [SdistRelease] {
        guard let releases: [SdistRelease] = JSON.value(from: bytes), !releases.isEmpty,
            releases.count <= Lineage.most, releases.allSatisfy({ $0.location.utf8.count <= 8192 })
        else {
            throw BuildFailure(.provisioningFailed, "the resolver's list of source distributions is none")
        }
        return releases
    }

    private func askResolver(
        _ requires: [Requirement], _ built: [BuiltWheel]
    ) async throws(BuildFailure) -> SandboxOutcome {
        let texts = Self.sorted(requires)
        let constraints = try readConstraints()
        var mounts: [MountStep] = [
            .file(at: "/order/requirements.txt", text: texts.map { "\($0)\n" }.joined()),
            .scratch(at: "/out", mode: 0o755),
            .bind(source: run.context.toolchain.frontend.string, at: "/frontend", access: .readOnly),
        ]
        if !constraints.isEmpty { mounts.append(.file(at: "/order/constraints.txt", text: constraints)) }
        return try await uv(
            .resolve, constraints: !constraints.isEmpty, wheels: built, mounts: mounts, output: "/out",
            failure: "cannot resolve the build requirements \(texts.joined(separator: ", "))")
    }

    private static func sorted(_ requires: [Requirement]) -> [String] { requires.map(\.text).sorted() }

    private func lockFile(_ requires: [Requirement]) throws(BuildFailure) -> FilePath {
        // A wheel that was built under one profile may be another than that of another.
        let key = hexadecimalDigest(
            Self.sorted(requires) + [
                "constraints", try readConstraints(), interpreter.digest, index.digest, run.profiles.project.digest,
            ])
        return state.locks.appending("\(key).json")
    }

    private func readConstraints() throws(BuildFailure) -> String {
        var texts: [String] = []
        if let text = request.constraintsText { texts.append(try ConstraintLines.checked(text)) }
        for file in (request.constraints.map { [$0] } ?? []) + index.constraints {
            guard let bytes = state.read(file) else {
                let origin = file == request.constraints ? "--dependency-constraints-txt" : "pip's option constraint"
                throw BuildFailure(.invalidRequest, "\(origin): \(file) cannot be read")
            }
            texts.append(String(decoding: bytes, as: UTF8.self))
        }
        return texts.joined(separator: "\n")
    }
}
