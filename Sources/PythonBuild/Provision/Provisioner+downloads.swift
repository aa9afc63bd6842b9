import Glibc
import Sandbox
import SandboxProtocol
import SystemPackage

/// A wheel of an index, as it lies in the store under its SHA-256.
struct DownloadedWheel: Codable, Equatable, Sendable {
    /// Normalized (PEP 503).
    var name: String
    var version: String
    /// The wheel's file name (PEP 427).
    var file: String
    /// The digest of the index configuration that it was fetched with. Offline a resolution sees the wheels of its own
    /// configuration alone: the same name may mean another project in another index.
    var index: String
}

/// Files of an index: fetched where there is a network and nothing else, digested by the supervisor as it takes them out
/// of that sandbox, and published whole when the digest is the promised one.
extension Provisioner {
    /// Shows these wheels in `/wheels`; those that no earlier build left are fetched first.
    func downloaded(_ wheels: [LockedWheel], _ leases: Leases) async throws(BuildFailure) -> [MountStep] {
        var stored: [String: FilePath] = [:]
        for wheel in wheels {
            guard let found = try await state.downloadStore.find(wheel.sha256) else { continue }
            leases.keep(found.lease)
            stored[wheel.sha256] = found.folder.appending(found.record?.file ?? wheel.file)
        }
        let missing = wheels.filter { stored[$0.sha256] == nil }
        if !missing.isEmpty {
            for (wheel, path) in zip(missing, try await fetch(missing)) {
                let (found, _) = try await state.downloadStore.find(wheel.sha256) { draft throws(BuildFailure) in
                    guard rename(path.string, draft.appending(wheel.file).string) == 0 else {
                        throw BuildFailure(
                            .internalFault, "cannot store the wheel \(wheel.file): \(String(cString: strerror(errno)))")
                    }
                    return DownloadedWheel(
                        name: wheel.name, version: wheel.version, file: wheel.file, index: index.digest)
                }
                leases.keep(found.lease)
                stored[wheel.sha256] = found.folder.appending(found.record?.file ?? wheel.file)
            }
        }
        return wheels.compactMap { wheel in
            stored[wheel.sha256].map { .bind(source: $0.string, at: "/wheels/\(wheel.file)", access: .readOnly) }
        }
    }

    private func fetch(_ wheels: [LockedWheel]) async throws(BuildFailure) -> [FilePath] {
        let files = wheels.map {
            RemoteFile(location: $0.location, name: $0.file, sha256: $0.sha256, isRemote: $0.isRemote)
        }
        let folder = try run.makeFolder("downloads-\(hexadecimalDigest(wheels.map(\.sha256)).prefix(16))")
        let titles = wheels.map { "\($0.name) \($0.version)" }.joined(separator: ", ")
        return try await fetch(files, into: folder, what: titles).map(\.path)
    }

    /// What an offline resolution can choose from: the wheels that earlier builds left from these indexes.
    func publishedMounts() async throws(BuildFailure) -> [MountStep] {
        var mounts: [MountStep] = [.directory(at: Self.publishedFolder, mode: 0o755)]
        var files: Set<String> = []
        for entry in state.downloadStore.entries().reversed().prefix(1000) {
            guard let wheel = entry.record, wheel.index == index.digest, files.insert(wheel.file).inserted,
                let found = try await state.downloadStore.find(entry.name)
            else { continue }
            run.leases.keep(found.lease)
            mounts.append(
                .bind(
                    source: found.folder.appending(wheel.file).string, at: "\(Self.publishedFolder)/\(wheel.file)",
                    access: .readOnly))
        }
        return mounts
    }

    /// A file to fetch.
    struct RemoteFile: Encodable {
        /// A URL, or a path inside the sandbox.
        var location: String
        /// What it is called when it is there: the name of a wheel or a source distribution.
        var name: String
        /// Hexadecimal; nil where the index did not say.
        var sha256: String?
        /// False where it lies in a folder of links.
        var isRemote: Bool

        private enum CodingKeys: CodingKey { case location, name, sha256 }
    }

    private struct FetchOptions: Encodable {
        var files: [RemoteFile]
        var bytes: UInt64
        /// The installer's options, credentials of indexes included.
        var index: [String]
        var timeout: Int
    }

    /// Fetches files. Nothing is opened: what comes is copied out of the sandbox, digested and compared.
    ///
    /// - Parameters:
    ///   - files: What is fetched, and the digests that were promised.
    ///   - folder: Where the files are put.
    ///   - what: What is fetched, for messages.
    /// - Returns: One item for each of the files, in their order.
    /// - Throws: ``BuildFailure`` where one is not there, or is not what was promised.
    func fetch(
        _ files: [RemoteFile], into folder: FilePath, what: String
    ) async throws(BuildFailure) -> [Collection.Item] {
        let isRemote = files.contains(where: \.isRemote)
        guard !isRemote || !request.offline else {
            throw BuildFailure(
                .provisioningFailed,
                "cannot fetch \(what): it was never fetched here (offline: only what earlier builds left can be used)")
        }
        let largest = try sharedLimits().diskBytes
        let options = FetchOptions(
            files: files, bytes: largest, index: index.options, timeout: index.timeout + 5)
        let outcome = try await contained(
            [ContainedScript.fetch.path],
            mounts: index.mounts + [
                ContainedScript.fetch.mount, .file(at: "/order/fetch.json", text: try JSON.text(options)),
                .scratch(at: "/out", mode: 0o755),
            ],
            network: isRemote, output: "/out", doing: "fetching \(what)", failure: "cannot fetch \(what)")
        guard let output = outcome.output else {
            throw BuildFailure(.internalFault, "the sandbox did not hand its output folder over")
        }
        let collection = Collection(quarantine: folder, largestBytes: largest)
        var items: [Collection.Item] = []
        for file in files {
            guard let name = ArtifactName(file.name) else {
                throw BuildFailure(.internalFault, "a file was fetched that is no distribution")
            }
            let item = try collection.take(name, from: output)
            guard file.sha256 == nil || item.sha256 == file.sha256 else {
                throw BuildFailure(.provisioningFailed, "what was fetched for \(what) is not what the index promised")
            }
            items.append(item)
        }
        return items
    }
}
