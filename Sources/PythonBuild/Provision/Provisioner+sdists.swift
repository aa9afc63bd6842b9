import Glibc
import Sandbox
import SandboxProtocol
import SystemPackage

/// Requirements that no index has a wheel of: fetched, built by a build of their own, kept in the wheelhouse.
extension Provisioner {
    /// Takes wheels of an earlier resolution into use.
    ///
    /// - Returns: False where one of them is gone, or is another by now.
    func hold(_ wheels: [BuiltWheel]) async throws(BuildFailure) -> Bool {
        for wheel in wheels {
            guard let found = try await state.wheelStore.find(wheel.key), found.record == wheel else { return false }
            run.leases.keep(found.lease)
        }
        return true
    }

    /// The wheel of a release: from the wheelhouse, where it is known by its source distribution's digest, or built now.
    func wheel(of release: SdistRelease) async throws(BuildFailure) -> BuiltWheel {
        guard ArtifactName(release.file)?.kind == .sdist else {
            throw BuildFailure(
                .provisioningFailed,
                "\(release.title) has no wheel for \(interpreter.title), and its source distribution, "
                    + "\(printable(release.file)), is no .tar.gz (PEP 625)")
        }
        if let sha256 = release.sha256, let wheel = try await stored(key(sha256)) { return wheel }
        let lineage = try run.lineage.descending(to: release)
        let folder = try run.makeFolder("requirement-\(hexadecimalDigest([release.name, release.version]).prefix(16))")
        let sdist = try await fetch(release, into: folder)
        // Others that need it wait for it, for a while: then they build it, too, and the first wheel is the one that is
        // kept. One that is itself built for another does not wait: two could wait for each other.
        let turn =
            run.lineage.depth == 0
            ? try await state.lock("building-\(key(sdist.sha256))", .exclusive, waitingAtMost: Self.patience) : nil
        defer { withExtendedLifetime(turn) {} }
        if let wheel = try await stored(key(sdist.sha256)) { return wheel }
        run.journal.note(
            "\(release.title) has no wheel for \(interpreter.title): building it from its source distribution")
        let artifact = try await build(sdist, of: release, lineage, in: folder)
        return try await store(artifact, of: release, sdist)
    }

    private func key(_ sha256: String) -> String {
        hexadecimalDigest([sha256, interpreter.digest, run.profiles.project.digest, "layout 1"])
    }

    private func stored(_ key: String) async throws(BuildFailure) -> BuiltWheel? {
        guard let found = try await state.wheelStore.find(key), let wheel = found.record else { return nil }
        run.leases.keep(found.lease)
        return wheel
    }

    private func fetch(
        _ release: SdistRelease, into folder: FilePath
    ) async throws(BuildFailure) -> Collection.Item {
        let isRemote = !release.location.hasPrefix("/")
        guard !isRemote || !request.offline else {
            throw BuildFailure(
                .provisioningFailed,
                "\(release.title) has no wheel for \(interpreter.title) and was never built here (offline: only what "
                    + "earlier builds left can be used)")
        }
        try state.make(folder.appending("fetched"), mode: 0o755)
        let file = RemoteFile(
            location: release.location, name: release.file, sha256: release.sha256, isRemote: isRemote)
        let what = "the source distribution of \(release.title)"
        guard let item = try await fetch([file], into: folder.appending("fetched"), what: what).first else {
            throw BuildFailure(.internalFault, "nothing was fetched for \(release.title)")
        }
        return item
    }

    /// Builds it as pip would: with its own environment, and nothing of what this build was given beside its limits.
    private func build(
        _ sdist: Collection.Item, of release: SdistRelease, _ lineage: Lineage, in folder: FilePath
    ) async throws(BuildFailure) -> Artifact {
        var order = BuildRequest(source: sdist.path)
        order.outputFolder = folder.appending("wheel")
        order.distributions = .each([.wheel])
        order.python = interpreter.executable
        // Its wheel is for every build of this home: it is made under the operator's limits, not this caller's.
        order.limits = LimitSettings(run.sharedLimits(under: run.profiles.project))
        order.offline = request.offline
        order.profile = request.profile
        order.allowMissing = request.allowMissing
        let log = LogCollector()
        let journal = run.journal.journalOfRequirement(log)
        let (id, context, logger, leases) = (run.id, run.context, run.logger, run.leases)
        let result = await Result { () async throws(BuildFailure) in
            try await BuildRun(
                request: order, id: id, folder: folder, context: context, journal: journal, logger: logger,
                lineage: lineage, leases: leases
            ).run()
        }
        run.journal.account(journal)
        do throws(BuildFailure) {
            guard let wheel = try result.get().first else {
                throw BuildFailure(.internalFault, "the build of \(release.title) gave no wheel")
            }
            return wheel
        } catch {
            throw error.ofRequirement(release, for: interpreter, log)
        }
    }

    private func store(
        _ artifact: Artifact, of release: SdistRelease, _ sdist: Collection.Item
    ) async throws(BuildFailure) -> BuiltWheel {
        let key = key(sdist.sha256)
        let wheel = BuiltWheel(
            name: release.name, version: release.version, sdist: sdist.sha256, file: artifact.name,
            sha256: artifact.sha256, key: key)
        let (found, _) = try await state.wheelStore.find(key) { draft throws(BuildFailure) in
            guard let path = artifact.path, rename(path, draft.appending(wheel.file).string) == 0 else {
                throw BuildFailure(
                    .internalFault, "cannot store the wheel \(wheel.file): \(String(cString: strerror(errno)))")
            }
            return wheel
        }
        run.leases.keep(found.lease)
        // Another build may have been faster: its wheel is the one of this key.
        return found.record ?? wheel
    }

    private func printable(_ text: String) -> String {
        String(text.unicodeScalars.prefix(100).map { (32...126).contains($0.value) ? Character($0) : "?" })
    }
}

extension BuildFailure {
    /// The failure of a requirement's build as that of the build that needs it: not its project's fault, and exit 6.
    fileprivate func ofRequirement(
        _ release: SdistRelease, for interpreter: Interpreter, _ log: LogCollector
    ) -> BuildFailure {
        let isOfRequirement: Bool =
            switch code {
            case .buildFailed, .projectInvalid, .artifactRejected, .invalidRequest: true
            case .limit, .layerUnavailable, .sandboxSetUp, .stagingUnavailable, .requirementRefused,
                .requirementsUnstable, .provisioningFailed, .cancelled, .internalFault:
                false
            }
        let printed = log.tail.isEmpty || code == .provisioningFailed ? "" : "\n\(log.tail)"
        return BuildFailure(
            isOfRequirement ? .provisioningFailed : code,
            "\(release.title), which has no wheel for \(interpreter.title), cannot be built from its source "
                + "distribution: \(message)\(printed)", limit: limit, signal: signal)
    }
}
