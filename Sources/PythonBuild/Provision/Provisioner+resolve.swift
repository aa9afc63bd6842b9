import FoundationEssentials
import Sandbox
import SandboxProtocol
import SystemPackage

extension Provisioner {
    /// The lock of these requirements: as the index had it in the last minutes, or with its answer of now.
    func resolve(_ requires: [Requirement]) async throws(BuildFailure) -> Lock {
        if requires.isEmpty { return Lock(wheels: [], resolvedAt: 0) }
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
        if requires.isEmpty { return Lock(wheels: [], resolvedAt: 0) }
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
            } else if let bytes = readFile("wheels.json", in: output.descriptor, limit: 4 << 20) {
                guard let wheels: [LockedWheel] = JSON.value(from: bytes) else {
                    throw BuildFailure(.provisioningFailed, "the resolver's list of wheels is none")
                }
                var lock = Lock(wheels: wheels, resolvedAt: Date().timeIntervalSince1970)
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
        let constraints = RequirementsFile(try readConstraints())
        var mounts: [MountStep] = [
            RequirementsFile(Self.sorted(requires)).mount(at: "/order/requirements.txt"),
            .scratch(at: "/out", mode: 0o755),
            .bind(source: run.context.toolchain.frontend.string, at: "/frontend", access: .readOnly),
        ]
        if !constraints.isEmpty { mounts.append(constraints.mount(at: "/order/constraints.txt")) }
        let texts = Self.sorted(requires).map(\.text).joined(separator: ", ")
        return try await uv(
            .resolve, constraints: !constraints.isEmpty, wheels: built, mounts: mounts, output: "/out",
            failure: "cannot resolve the build requirements \(texts)")
    }

    private static func sorted(_ requires: [Requirement]) -> [Requirement] {
        requires.sorted { $0.text < $1.text }
    }

    private func lockFile(_ requires: [Requirement]) throws(BuildFailure) -> FilePath {
        // A wheel that was built under one profile may be another than that of another.
        let key = hexadecimalDigest(
            Self.sorted(requires).map(\.text) + ["constraints"] + (try readConstraints().map(\.text)) + [
                "for", interpreter.digest, index.digest, run.profiles.project.digest,
            ])
        return state.locks.appending("\(key).json")
    }

    private func readConstraints() throws(BuildFailure) -> [Requirement] {
        var constraints: [Requirement] = []
        if let text = request.constraintsText { constraints += try ConstraintLines.parsed(text) }
        for file in (request.constraints.map { [$0] } ?? []) + index.constraints {
            let origin = file == request.constraints ? "--dependency-constraints-txt" : "pip's option constraint"
            guard let bytes = state.read(file) else {
                throw BuildFailure(.invalidRequest, "\(origin): \(file) cannot be read")
            }
            constraints += try ConstraintLines.parsed(String(decoding: bytes, as: UTF8.self), of: "\(file) (\(origin))")
        }
        return constraints
    }
}
